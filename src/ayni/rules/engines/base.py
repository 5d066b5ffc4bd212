"""What every engine takes and gives back.

Canonical persons table (Arrow): `row` int64 0…n-1 in the caller's order; `household` int64, never null (a person
without one has a key of her own); `person` text or null (links to the history); `day` int64 where each row has its own
evaluation day (never null); `history_from`, `history_until` int64 months: the history is complete in [from, until),
null: no history; then one column for each of `plan.inputs` that is not `plan.absent`: int64 in the units of its shape,
boolean or text; null is unknown. Canonical history table: `person` text, `month` int64, never null and unique
together; the columns of `plan.history`, int64, boolean or text.

What comes back (Arrow, rows in the order of `row`): each of `plan.outputs` under its name (int64, boolean or text,
null: unknown); with masks `<output>.missing`, and `.missing2`, `.missing3` … where the plan has more than 62 things
that can be missing: bit i of word w stands for `plan.missable()[62 * w + i]`; and `check.<i>` boolean for each of
`plan.checks` (true: both exceptions hold).

Masks. The mask of a node is empty where the node is known. Otherwise: an input: its bit; a constant, parameter or
table cell that the pack does not have: the bit of PACK_FIGURE (index 0), but the literal `unknown` has none; a node of
fixed arguments (arithmetic, comparison, rounding, `and`, `or`, min, max, first_known, lookup keys, …): the union of
the masks of its arguments; a conditional: of the branch taken if the condition is known, of the condition alone if
not; a household aggregate: the union, over the members of the household, of the masks of `where` where it is unknown,
and of `value` where it is unknown and `where` is not false; a history aggregate: the bit of HISTORY (index 1) and the
masks of `since` and `until`; a variable: that of its rule.

Household aggregates. `count`: members for whom the condition is true. Unknown if for any member it is unknown.
`any`/`all`: Kleene or/and over members. `sum`, `min`, `max` with `where`: over members with a true condition; unknown
if a condition is unknown, or a value is unknown where the condition is true; `sum` of nobody is 0, `min`/`max` of
nobody is unknown.

History aggregates. Evaluation month E = month of the evaluation day. Window [a, b): `last=n`: a = E - n, b = E;
otherwise a = `since` (default: history_from), b = min(`until`, E) (default: E). If b <= a the window is empty. Unknown
if history_from or history_until is null, or a bound is unknown, or a non-empty window is not inside [history_from,
history_until). In the window, over existing records: `count`: condition true; `sum`: of value where the condition
(default true) is true; `records`: number of records where the condition is true; `sum_best`, `records_best`: the same
over the `number` largest values; `longest_run`: most months in a row with a record whose condition is true; `last`:
value of the latest record with a true condition, unknown if there is none. If for any record of the window the
condition is unknown, or (but for count, records and longest_run) the value is unknown while the condition is true, the
aggregate is unknown; `records` and `records_best` are unknown too where such a value is. `value` (ago=n): the value in
the record of month E - n; unknown unless that month is inside [history_from, history_until); no record inside: 0 for
numbers and money, false for booleans, else unknown. Inside the aggregate, parameters, tables and `evaluation_date` are
those of the first day of the record's month.
"""

from __future__ import annotations

from typing import Any, Protocol

import pyarrow as pa

from ayni.rules.plan import MASK_WORD_BITS, Plan


class Engine(Protocol):
    """Runs a plan. Raises nothing a user could mend: the tables are canonical and checked before."""

    name: str

    def run(self, plan: Plan, persons: pa.Table, history: pa.Table | None, *, masks: bool) -> pa.Table: ...


def mask_names(output: str, words: int) -> list[str]:
    """The names of an output's mask columns."""
    return [f"{output}.missing{'' if word == 0 else word + 1}" for word in range(words)]


def mask_words(plan: Plan) -> int:
    """How many mask columns an output has."""
    return (len(plan.missable()) + MASK_WORD_BITS - 1) // MASK_WORD_BITS


def arrow_type(shape: Any) -> pa.DataType:
    """The Arrow type of a canonical column."""
    kind = shape.type
    if kind.is_integral:
        return pa.int64()
    return pa.bool_() if kind.kind == "boolean" else pa.string()
