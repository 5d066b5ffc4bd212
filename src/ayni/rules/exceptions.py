"""A base rule with labelled exceptions: where one applies, it stands in place of the base; two at once are an error.

What can be proved to exclude each other (different values of one enumeration, ranges that do not meet) is settled when
the pack loads; the other pairs are watched while running (`Conflict`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from ayni.rules import making as make
from ayni.rules import nodes as n
from ayni.rules import operands as op
from ayni.rules.definitions import VariableDefinition
from ayni.rules.grammar import rule_error
from ayni.rules.operands import Place

EXCEPTIONS_MAX = 50
# Pairs that are watched while running.
CONFLICTS_MAX = 100


@dataclass(frozen=True)
class Conflict:
    """Two exceptions that must never hold at once, and their conditions."""

    labels: tuple[str, str]
    left: n.Node
    right: n.Node


def with_exceptions(
    definition: VariableDefinition, base: n.Node, pairs: list[tuple[n.Node, n.Node]], place: Place
) -> tuple[n.Node, tuple[Conflict, ...]]:
    """base, replaced by the exception that holds. Raises rule.exceptions where two hold at once for certain."""
    if not pairs:
        return base, ()
    labels = [item.label for item in definition.exceptions]
    overrides = {item.label: set(item.overrides) for item in definition.exceptions}
    strange = [name for names in overrides.values() for name in names if name not in labels]
    if strange:
        title = f"There is no exception `{strange[0]}` to override"
        expected = f"one of {', '.join(labels)}"
        raise rule_error("exceptions", title, location=definition.location, expected=expected)
    circle = _circle(overrides)
    if circle:
        title = f"The exceptions {' and '.join(f'`{label}`' for label in circle)} override each other"
        raise rule_error("exceptions", title, location=definition.location, action="let only one of them win")
    conflicts = []
    for (first, (when_a, _)), (second, (when_b, _)) in combinations(zip(labels, pairs, strict=True), 2):
        if second in overrides[first] or first in overrides[second] or exclude_each_other(when_a, when_b):
            continue
        if same_condition(when_a, when_b):
            title = f"The exceptions `{first}` and `{second}` always apply together"
            action = f"write `overrides: [{second}]` in the one that wins"
            raise rule_error("exceptions", title, location=definition.location, action=action)
        conflicts.append(Conflict((first, second), when_a, when_b))
    if len(labels) > EXCEPTIONS_MAX or len(conflicts) > CONFLICTS_MAX:
        title = f"The rule has {len(labels)} exceptions, and {len(conflicts)} pairs of them may hold at once"
        expected = f"at most {EXCEPTIONS_MAX}, and {CONFLICTS_MAX} pairs"
        action = "put what differs by a value into a table, or say with `overrides:` which exception wins"
        raise rule_error("limit", title, location=definition.location, expected=expected, action=action)
    by_label = dict(zip(labels, pairs, strict=True))
    result = base
    for label in reversed(asked_order(definition)):
        when, value = by_label[label]
        left, right = op.unify(value, result, place)
        result = make.conditional(when, left, right)
    return result, tuple(conflicts)


def asked_order(definition: VariableDefinition) -> list[str]:
    """The labels in the order in which their conditions are asked: those that override others first."""
    overrides = {item.label: set(item.overrides) for item in definition.exceptions}
    ranks = dict.fromkeys(overrides, 0)
    # How far an exception stands above others: a rank settles after as many rounds as the longest chain has links.
    for _ in overrides:
        ranks = {label: 1 + max((ranks[name] for name in below), default=0) for label, below in overrides.items()}
    return sorted(overrides, key=lambda label: -ranks[label])


def _circle(overrides: dict[str, set[str]]) -> list[str]:
    """Exceptions that override each other, directly or through others; empty where there is no circle."""
    left = dict(overrides)
    while ends := [label for label, below in left.items() if not below & left.keys()]:
        for label in ends:
            del left[label]
    if not left:
        return []
    # Whoever is left overrides one of those left, so that this walk comes back to where it has been.
    walk = [min(left)]
    while (following := min(left[walk[-1]] & left.keys())) not in walk:
        walk.append(following)
    return sorted(walk[walk.index(following) :])


def _atoms(node: n.Node) -> list[n.Node]:
    if isinstance(node, n.Logic) and node.operator == "and":
        return [atom for part in node.operands for atom in _atoms(part)]
    return [node]


def _name_of(node: n.Node) -> str | None:
    return node.name if isinstance(node, (n.InputValue, n.VariableValue)) else None


# What a condition leaves to one name: some values, a truth value, or whole numbers from … to … (None: no end).
_Range = tuple[int | None, int | None]
_Allowed = tuple[str, frozenset[str] | _Range | bool]


def _allowed(atom: n.Node) -> _Allowed | None:
    """What an atom says of one name: a set of values, a range (both ends inclusive) or a truth value; else None."""
    if isinstance(atom, n.IsIn) and (name := _name_of(atom.operand)):
        return name, frozenset(str(value) for value in atom.values)
    if isinstance(atom, n.Not) and (name := _name_of(atom.operand)):
        return name, False
    if name := _name_of(atom):
        return name, True
    if not isinstance(atom, n.Compare) or not isinstance(atom.right, n.Constant):
        return None
    left: n.Node = atom.left
    while isinstance(left, n.Rescaled):
        left = left.operand
    name, value = _name_of(left), atom.right.value
    if name is None or value is None:
        return None
    if isinstance(value, (str, bool)):
        return (name, frozenset({str(value)})) if atom.operator == "==" else None
    # In the units of the name itself: it may stand in the comparison with more decimals than it has.
    power = 10 ** (atom.left.shape.type.scale - left.shape.type.scale)
    below, above = value // power, -(-value // power)
    bounds: dict[str, _Range] = {
        "==": (above, below),
        "<": (None, above - 1),
        "<=": (None, below),
        ">": (below + 1, None),
        ">=": (above, None),
    }
    return (name, bounds[atom.operator]) if atom.operator in bounds else None


def _apart(a: _Range, b: _Range) -> bool:
    def ends_before(first: _Range, second: _Range) -> bool:
        return first[1] is not None and second[0] is not None and first[1] < second[0]

    return ends_before(a, b) or ends_before(b, a) or ends_before(a, a) or ends_before(b, b)


def exclude_each_other(left: n.Node, right: n.Node) -> bool:
    """True where two conditions surely never hold together; not complete."""
    for a in filter(None, map(_allowed, _atoms(left))):
        for b in filter(None, map(_allowed, _atoms(right))):
            if a[0] != b[0]:
                continue
            match a[1], b[1]:
                case frozenset() as x, frozenset() as y if not x & y:
                    return True
                case (bool() as x, bool() as y) if x is not y:
                    return True
                case (tuple() as x, tuple() as y) if _apart(x, y):
                    return True
    return False


def same_condition(left: n.Node, right: n.Node) -> bool:
    """True where both are one and the same comparison."""
    a, b = _allowed(left), _allowed(right)
    return a is not None and a == b
