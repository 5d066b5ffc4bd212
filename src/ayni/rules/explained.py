"""What an explanation is: one output of one person as steps, each made from those under it.

Steps form a graph, not a tree: a variable that is needed twice is one step with two parents. Whoever shows it decides
how often it is written out. Nothing here has words but those of the pack; numbers are `Decimal` or `int`, never float.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from ayni.rules.deciding import deciding_inputs
from ayni.rules.definitions import Evidence, ExceptionDefinition, Scalar, Text
from ayni.rules.plan import Plan
from ayni.rules.types import Kind, Type

# Below this many levels a step is named and its own steps are left out: only a hostile pack goes that deep.
DEPTH_MAX = 100


class StepKind(StrEnum):
    """What a step is. GIVEN: a figure handed in where the pack has a rule. MEMBER: a person of the household."""

    VARIABLE = "variable"
    GIVEN = "given"
    INPUT = "input"
    PARAMETER = "parameter"
    TABLE = "table"
    HISTORY = "history"
    HOUSEHOLD = "household"
    MEMBER = "member"


@dataclass(frozen=True)
class Rounding:
    """To which step, and how (half_up, half_even, up, down)."""

    mode: str
    step: Decimal


@dataclass(frozen=True)
class Window:
    """The months that a history aggregate looked at: [since, until), None where the history itself ends there.

    columns: of the monthly records. records: how many records lie in the window; counted: those of them for which the
    condition holds (None: unknown). last, number: as written in the rule (`last=12`, the best 300, 3 months ago).
    """

    since: date | None
    until: date | None
    columns: tuple[str, ...] = ()
    records: int | None = None
    counted: int | None = None
    last: int | None = None
    number: int | None = None


@dataclass(frozen=True)
class ExplainedStep:
    """One step: a value and what it was made from.

    name: of the variable, parameter or input; `table.column`; `history.count`; the person for a member.
    value: None is unknown (undecided). since: the day from which a figure, table version or variant of a rule stands;
    of a rule that does not exist yet, the day on which it begins. formula: as written, that of the exception where one
    applied. pending: the exception of which nobody can say yet whether it applies. row: the keys of the table row that
    matched, as written; ("otherwise",) where none did. members: how many persons a household aggregate looked at.
    asides: what was looked at only to see that no exception applies. varies: a figure that each month has its own of.
    """

    kind: StepKind
    name: str
    value: Scalar
    type: Type
    words: Text = field(default_factory=dict)
    formula: str | None = None
    applied: ExceptionDefinition | None = None
    pending: ExceptionDefinition | None = None
    evidence: Evidence | None = None
    since: date | None = None
    row: tuple[Scalar, ...] | None = None
    article: str | None = None
    roundings: tuple[Rounding, ...] = ()
    window: Window | None = None
    members: int | None = None
    varies: bool = False
    children: tuple[ExplainedStep, ...] = ()
    asides: tuple[ExplainedStep, ...] = ()

    @property
    def parts(self) -> tuple[ExplainedStep, ...]:
        """Children and asides."""
        return self.children + self.asides

    def walk(self) -> Iterator[ExplainedStep]:
        """This step and all below it, each once."""
        seen: set[int] = set()
        waiting = [self]
        while waiting:
            step = waiting.pop()
            if id(step) not in seen:
                seen.add(id(step))
                yield step
                waiting.extend(reversed(step.parts))

    @property
    def is_confirmed(self) -> bool:
        """False for a figure or rule that is cited, but only by what nobody has confirmed.

        What nobody has cited is not a statement of the law (a total, a name for an input): its parts count.
        """
        return self.evidence is None or not self.evidence.source or self.evidence.is_confirmed


@dataclass(frozen=True)
class Undecided:
    """What is needed to find out what would decide an output: the plan, the person, the others of her household, and
    the monthly records, whose `person` is 0 for her and counts up in the order of `members`.
    """

    plan: Plan
    row: Mapping[str, Any]
    members: Sequence[Mapping[str, Any]] = ()
    records: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Explained:
    """An output explained, and with what it was computed.

    rulebook: country and version of the rules. row: of the caller's table, from 0. missing: the inputs that are unknown
    and can still matter (`plan.PACK_FIGURE` and `plan.HISTORY` stand for a figure and for the monthly records); empty
    where the output is decided.
    """

    output: str
    step: ExplainedStep
    on: date
    known_on: date | None
    engine: str
    rulebook: str
    row: int = 0
    missing: tuple[str, ...] = ()
    undecided: Undecided | None = field(default=None, repr=False, compare=False)

    @property
    def value(self) -> Scalar:
        """The output's value; None is undecided."""
        return self.step.value

    @property
    def is_confirmed(self) -> bool:
        """False where any step rests on a figure or rule that is not confirmed."""
        return all(step.is_confirmed for step in self.step.walk())

    @property
    def unconfirmed(self) -> tuple[ExplainedStep, ...]:
        """The steps that are not confirmed, each name once."""
        found = {(step.kind, step.name): step for step in self.step.walk() if not step.is_confirmed}
        return tuple(found.values())

    @cached_property
    def deciding(self) -> tuple[str, ...]:
        """The smallest set of inputs that would decide the output; empty where it is decided or no small set was found.

        It is a search (`ayni.rules.deciding`), so it is made only when it is asked for.
        """
        if self.undecided is None:
            return ()
        case = self.undecided
        own = [record for record in case.records if record["person"] == 0]
        return deciding_inputs(case.plan, self.output, case.row, case.members, own)


def as_dict(step: ExplainedStep) -> dict[str, Any]:
    """The steps as plain values, for `--json`: nothing is folded; what was written out before says `repeated`."""
    return _Writer().step(step, 0)


class _Writer:
    def __init__(self) -> None:
        self.seen: set[int] = set()

    def step(self, step: ExplainedStep, depth: int) -> dict[str, Any]:
        is_repeated = id(step) in self.seen and bool(step.parts)
        found = _own(step)
        found["repeated"] = is_repeated or depth >= DEPTH_MAX
        if not found["repeated"]:
            self.seen.add(id(step))
            found["children"] = [self.step(child, depth + 1) for child in step.children]
            found["asides"] = [self.step(child, depth + 1) for child in step.asides]
        return found


def _own(step: ExplainedStep) -> dict[str, Any]:
    """What a step says of itself. Every key is always there, so that a program can rely on it."""
    evidence = step.evidence
    applied = step.applied
    return {
        "kind": str(step.kind),
        "name": step.name,
        "value": written(step.value),
        "unit": unit_of(step.type),
        "words": dict(step.words),
        "formula": step.formula,
        "exception": None if applied is None else _exception(applied),
        "pending_exception": None if step.pending is None else _exception(step.pending),
        "since": written(step.since),
        "row": None if step.row is None else [written(cell) for cell in step.row],
        "article": step.article,
        "source": list(evidence.source) if evidence else None,
        "confidence": evidence.confidence if evidence and evidence.source else None,
        "confirmed": step.is_confirmed,
        "checked_by": evidence.checked_by if evidence else None,
        "note": evidence.note if evidence else None,
        "rounding": [{"mode": rounding.mode, "step": str(rounding.step)} for rounding in step.roundings],
        "window": None if step.window is None else _window(step.window),
        "members": step.members,
        "varies": step.varies,
    }  # fmt: skip


def _exception(applied: ExceptionDefinition) -> dict[str, Any]:
    return {"label": applied.label, "when": applied.when, "words": dict(applied.words)}


def _window(window: Window) -> dict[str, Any]:
    return {
        "since": None if window.since is None else window.since.isoformat()[:7],
        "until": None if window.until is None else window.until.isoformat()[:7],
        "columns": list(window.columns),
        "records": window.records,
        "counted": window.counted,
        "last": window.last,
        "number": window.number,
    }


def written(value: Scalar) -> str | bool | int | None:
    """A value as JSON holds it: exact decimals as text."""
    if value is None or isinstance(value, (bool, int)):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def unit_of(kind: Type) -> dict[str, Any]:
    """A type as plain values."""
    found: dict[str, Any] = {"type": str(kind.kind)}
    if kind.kind in (Kind.MONEY, Kind.NUMBER):
        found["scale"] = kind.scale
    if kind.kind is Kind.MONEY:
        found |= {"currency": kind.currency, "period": kind.period}
    return found
