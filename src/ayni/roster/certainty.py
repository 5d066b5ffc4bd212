"""Which figures and rules that nobody has confirmed an answer rests on.

It is worked out for the plan and not for each person: a figure counts where the rules of the day read it, even if one
person's case never comes to it. A rule whose result the roster gives for everybody is not counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from ayni.rules import nodes as n
from ayni.rules.plan import Plan
from ayni.rules.semantics import version_on


@dataclass
class Certainty:
    """Unconfirmed names by output: parameters, tables and (qualified) variables.

    given: columns of the roster that are known for everybody.
    """

    plan: Plan
    given: Collection[str] = ()
    _found: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    def unconfirmed(self, outputs: Iterable[str]) -> frozenset[str]:
        """All that is unconfirmed below these outputs; empty where everything is confirmed."""
        return frozenset().union(*(self._of(name) for name in outputs))

    def _of(self, name: str) -> frozenset[str]:
        if name in self.plan.given and name in self.given:
            return frozenset()
        if name not in self.plan.variables:
            return frozenset()
        if name not in self._found:
            self._found[name] = frozenset()
            definition = self.plan.program.rulebook.variables[name]
            # What nobody has cited is not a statement of the law (a total, a name for an input): its parts count.
            own = {name} if definition.evidence.source and not definition.evidence.is_confirmed else set()
            self._found[name] = frozenset(own).union(self._below(self.plan.variables[name]))
        return self._found[name]

    def _below(self, top: n.Node) -> set[str]:
        found: set[str] = set()
        stack = [top]
        while stack:
            node = stack.pop()
            stack.extend(node.children)
            match node:
                case n.VariableValue(name=name):
                    found |= self._of(name)
                case n.Constant(origin=str(origin), evidence=evidence) if evidence is not None:
                    if not evidence.is_confirmed:
                        found.add(origin.partition("|")[0])
                case n.TableLookup(table=table, versions=versions):
                    version = version_on(versions, self.plan.day or 0)
                    if version is not None and not version.evidence.is_confirmed:
                        found.add(table)
        return found
