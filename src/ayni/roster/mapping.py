"""Which column of a spreadsheet is which field, and how its cells are to be read: a small YAML file that people edit.

    version: 1
    columns:
      household_id: {columns: [CODUSU, NRO_HOGAR]}
      birth_date: {column: CH05, date_order: dmy}
      sex: {column: CH04, values: {"1": male, "2": female}}
      monthly_earnings: {column: P21, only_if: {CAT_OCUP: "3"}, factor: "24.5", because: "prices of 2016 to 2026"}
      employment_status:
        when:
          - {if: {ESTADO: "1", CAT_OCUP: "2"}, then: own_account_worker}
          - {if: {ESTADO: ["3", "4"]}, then: inactive}
      is_full_time: {when: [{if: {PP3E_TOT: ">= 35"}, then: true}], otherwise: false}
      is_registered: {constant: false}
    ignore: [ANO4, TRIMESTRE]
    missing_values: ["-9", "s/d"]

In `when` the first rule that holds counts; a rule about an unknown cell, met before one holds, leaves the field unknown
(`null` among the values of a condition means: the cell is empty). `values` maps codes, `null` means unknown and the key
`""` an empty cell. A mapping that is given is complete: nothing is guessed beside it.
This module holds the model and its file; `mapping_check` compares it with a sheet, `guess` makes one.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, replace
from dataclasses import field as made
from decimal import Decimal
from enum import StrEnum

from ayni.roster.dates import DateOrder
from ayni.roster.fields import Period

VERSION = "1"
NAME_FIELDS = frozenset({"surname", "given_names", "full_name"})


class Comparison(StrEnum):
    """How a cell may be compared with a number in a condition."""

    AT_LEAST = ">="
    AT_MOST = "<="
    MORE = ">"
    LESS = "<"


@dataclass(frozen=True)
class Condition:
    """One column holds one of these values (None: is empty), or compares so with a number."""

    column: str
    values: tuple[str | None, ...] = ()
    comparison: Comparison | None = None
    number: Decimal | None = None


@dataclass(frozen=True)
class WhenRule:
    """If all conditions hold, the field is `then` (None: unknown)."""

    conditions: tuple[Condition, ...]
    then: str | None


@dataclass(frozen=True)
class Reason:
    """Why a column was taken for a field: a code of `reasons` in the catalogue, and what fills its braces."""

    code: str
    values: abc.Mapping[str, object] = made(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """How one field is made. Exactly one of `columns`, `constant` and `when` is its source.

    columns: one column, or several joined by `joiner`.
    values: code as found → value (None: unknown).
    only_if: rows where this does not surely hold leave the field unknown.
    factor, because: what an amount is multiplied by, and the reason, which is printed in reports.
    period: the time that the amounts of the column are for, where it is not the field's own.
    confidence, reason: of a guess; 1 and None for what a person wrote.
    """

    field: str
    columns: tuple[str, ...] = ()
    constant: str | None = None
    when: tuple[WhenRule, ...] = ()
    otherwise: str | None = None
    joiner: str | None = None
    values: abc.Mapping[str, str | None] = made(default_factory=dict)
    missing_values: tuple[str, ...] = ()
    only_if: tuple[Condition, ...] = ()
    date_order: DateOrder | None = None
    decimal: str | None = None
    factor: Decimal | None = None
    because: str | None = None
    period: Period | None = None
    confidence: float = made(default=1.0, compare=False)
    reason: Reason | None = made(default=None, compare=False)

    @property
    def sources(self) -> tuple[str, ...]:
        """Every column that the rule looks at, each once."""
        conditions = [*self.only_if, *(condition for rule in self.when for condition in rule.conditions)]
        return tuple(dict.fromkeys((*self.columns, *(condition.column for condition in conditions))))

    @property
    def shown_column(self) -> str | None:
        """The column under which problems of this field are shown."""
        return self.sources[0] if self.sources else None

    @property
    def glue(self) -> str:
        """What stands between the parts of a field made of several columns."""
        if self.joiner is not None:
            return self.joiner
        return " " if self.field in NAME_FIELDS else "-"


@dataclass(frozen=True)
class Mapping:
    """All rules of a roster by field, the columns left out on purpose, and the cells that say nothing is known.

    path: the file it was read from; is_guess: whether it was made from names and contents.
    """

    rules: abc.Mapping[str, Rule]
    ignore: tuple[str, ...] = ()
    missing_values: tuple[str, ...] = ()
    path: str | None = made(default=None, compare=False)
    is_guess: bool = made(default=False, compare=False)

    def with_rule(self, rule: Rule) -> Mapping:
        """The same mapping with one field read differently; what a person says is sure."""
        sure = replace(rule, confidence=1.0, reason=None)
        return replace(self, rules={**self.rules, rule.field: sure})

    def with_changes(self, name: str, **changes: object) -> Mapping:
        """The same mapping with parts of one rule changed, e.g. `date_order=DateOrder.DMY`."""
        return self.with_rule(replace(self.rules[name], **changes))  # type: ignore[arg-type]

    def without(self, name: str) -> Mapping:
        """The same mapping with one field not read."""
        return replace(self, rules={key: rule for key, rule in self.rules.items() if key != name})

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that some rule looks at."""
        return tuple(dict.fromkeys(name for rule in self.rules.values() for name in rule.sources))

    def unused(self, columns: abc.Iterable[str]) -> tuple[str, ...]:
        """Columns of a file that no rule looks at and nobody chose to ignore."""
        taken = {*self.columns, *self.ignore}
        return tuple(name for name in columns if name not in taken)
