"""One table gives the same results and the same refusals whether it is handed in or read from a Parquet file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ayni.core.errors import AyniError, AyniErrors
from ayni.rules.evaluate import evaluate
from ayni.rules.making import HISTORY_MONTHS_MAX, HOUSEHOLD_SIZE_MAX
from ayni.rules.program import Program, build_program
from tests.spec.short_rules import read_rulebook

ON = date(2026, 3, 1)


@dataclass(frozen=True)
class Cells:
    """A column; `kind` is the unit of the input, `said` the code of the refusal (None: it is taken)."""

    title: str
    kind: str
    column: Any
    said: str | None = None


def cells(title: str, kind: str, values: list[Any], arrow: pa.DataType | None = None, said: str | None = None) -> Cells:
    return Cells(title, kind, pa.array(values, arrow), said)


def encoded(values: list[Any]) -> Any:
    return pa.array(values).dictionary_encode()


NUMBERS = [
    cells("decimals", "money", [Decimal("1.05"), None, Decimal("-3.10")], pa.decimal128(18, 2)),
    cells("decimals with zeros at their end", "money", [Decimal("1.0500"), None], pa.decimal128(18, 4)),
    cells("wide decimals", "money", [Decimal("-5.05"), Decimal("0.5")], pa.decimal128(38, 18)),
    cells("too many decimals", "money", [Decimal("1.0501")], pa.decimal128(18, 4), "input.decimals"),
    cells("decimals too large", "money", [Decimal("99999999999999999999.05")], pa.decimal128(38, 2), "input.range"),
    cells("no decimals at all", "money", [], pa.decimal128(18, 2)),
    cells("text", "money", ["1.05", " 2 ", "-.5", "+7.", "1.0500", None]),
    cells("views of text", "money", ["1.05", None], pa.string_view()),
    cells("encoded text", "money", ["1.05", "2", "1.05"]),
    Cells("encoded whole numbers", "money", encoded([105, 2, 105, None])),
    cells("text that is no number", "money", ["1,05"], said="input.type"),
    cells("text with an exponent", "money", ["1e999999999"], said="input.type"),
    cells("text with underscores", "money", ["1_000"], said="input.type"),
    cells("empty text", "money", [""], said="input.type"),
    cells("text with too many decimals", "money", ["1.055"], said="input.decimals"),
    cells("text too large", "money", ["99999999999999999999999"], said="input.range"),
    cells("text outside the bounds", "money", ["99999999999"], said="input.range"),
    cells("whole numbers", "money", [105, None]),
    cells("short whole numbers", "number(3)", [105, None], pa.int8()),
    cells("whole numbers without a sign", "money", [105], pa.uint64()),
    cells("whole numbers beyond 64 bits", "money", [2**64 - 1], pa.uint64(), "input.range"),
    cells("whole numbers too large for their decimals", "rate", [10**15], said="input.range"),
    cells("floating point", "money", [1.5], said="input.float"),
    cells("truth values as money", "money", [True], said="input.type"),
    cells("nothing known", "money", [None, None]),
]
OTHERS = [
    cells("dates", "date", [date(2020, 2, 29), None, date(1, 1, 1), date(9999, 12, 31)]),
    cells("dates as text", "date", ["2020-02-29", None]),
    Cells("dates as encoded text", "date", encoded(["2020-02-29", "2020-02-29"])),
    cells("no such day", "date", ["2020-02-30"], said="input.type"),
    cells("other text", "date", ["29.2.2020"], said="input.type"),
    cells("timestamps", "date", [datetime(2020, 2, 29, 23, 59), datetime(1960, 1, 1, 5)], pa.timestamp("us")),
    cells(
        "timestamps with a zone", "date", [datetime(2020, 3, 1, 3, tzinfo=UTC)],
        pa.timestamp("us", "America/Costa_Rica"), "input.type",
    ),
    cells("whole numbers as dates", "date", [20_000], said="input.type"),
    cells("months", "month", [date(2020, 2, 29), None, date(1969, 12, 31)]),
    cells("months as text", "month", ["2020-02", "2020-02-29", None]),
    cells("no such month", "month", ["2020-13"], said="input.type"),
    cells("values of a list", "{enum: [a, b]}", ["a", "b", None]),
    Cells("encoded values of a list", "{enum: [a, b]}", encoded(["a", "b", None])),
    cells("values outside the list", "{enum: [a, b]}", ["a", "c", None], said="input.value"),
    cells("truth values", "boolean", [True, None, False]),
    cells("text as truth values", "boolean", ["true"], said="input.type"),
]  # fmt: skip


def program(rules: str) -> Program:
    return build_program(read_rulebook(rules))


def answers(rules: Program, table: pa.Table, folder: Path, **options: Any) -> list[Any]:
    """What comes of the table in memory, and of the same table in a file: rows, or the codes of the refusal."""
    pq.write_table(table, folder / "persons.parquet")
    file_options = dict(options)
    if "history" in options:
        pq.write_table(options["history"], folder / "history.parquet")
        file_options["history"] = folder / "history.parquet"
    found: list[Any] = []
    for source, given in ((table, options), (folder / "persons.parquet", file_options)):
        try:
            result = evaluate(rules, source, **{"on": ON, **given})
            assert result.table is not None
            found.append((result.table.to_pydict(), [field.metadata for field in result.table.schema]))
        except AyniErrors as problems:
            found.append({problem.code for problem in problems.errors})
        except AyniError as problem:
            found.append({problem.code})
    return found


@pytest.mark.parametrize("case", [*NUMBERS, *OTHERS], ids=lambda case: case.title)
def test_cells_are_taken_and_refused_alike(case: Cells, tmp_path: Path) -> None:
    rules = program(f"{{inputs: {{x: {case.kind}}}, variables: {{y: x}}}}")
    in_memory, in_file = answers(rules, pa.table({"x": case.column}), tmp_path)
    assert in_memory == in_file
    assert in_memory == {case.said} if case.said else isinstance(in_memory, tuple)


def test_encoded_whole_numbers_are_minor_units() -> None:
    rules = program("{inputs: {x: money}, variables: {y: x}}")
    result = evaluate(rules, pa.table({"x": encoded([105])}), on=ON)
    assert result.column("y") == [Decimal("1.05")]


def test_rows_of_a_file_come_in_their_order(tmp_path: Path) -> None:
    rules = program("{inputs: {x: integer}, variables: {y: x, n: household.count(x >= 0)}}")
    count = 30_000
    table = pa.table({"x": range(count), "household_id": [f"h{row * 7_919 % 9_000}" for row in range(count)]})
    in_memory, in_file = answers(rules, table, tmp_path, masks=False)
    assert in_memory == in_file


def test_a_row_with_its_own_day_can_be_told_from_others_of_the_person(tmp_path: Path) -> None:
    rules = program("{inputs: {x: integer}, variables: {y: year(evaluation_date)}}")
    table = pa.table({"person_id": ["a", "a"], "x": [1, 2], "day": [date(2024, 1, 1), date(2025, 1, 1)]})
    pq.write_table(table, tmp_path / "persons.parquet")
    evaluate(rules, tmp_path / "persons.parquet", on="day", output=tmp_path / "results.parquet", masks=False)
    written = pq.read_table(tmp_path / "results.parquet").to_pylist()
    assert {row["row"]: row["y"] for row in written} == {0: 2024, 1: 2025}


def test_a_day_is_needed_in_every_row(tmp_path: Path) -> None:
    rules = program("{inputs: {x: date}, variables: {y: 'age_on(x, evaluation_date)'}}")
    table = pa.table({"x": [date(2000, 1, 1)] * 2, "day": [ON, None]})
    assert answers(rules, table, tmp_path, on="day") == [{"input.date_missing"}] * 2


def test_a_household_has_as_many_members_as_bounds_allow(tmp_path: Path) -> None:
    rules = program("{inputs: {x: integer}, variables: {n: household.count(x > 0)}}")
    most = pa.table({"x": [1] * HOUSEHOLD_SIZE_MAX, "household_id": ["h"] * HOUSEHOLD_SIZE_MAX})
    in_memory, in_file = answers(rules, most, tmp_path, masks=False)
    assert in_memory == in_file
    assert set(in_memory[0]["n"]) == {HOUSEHOLD_SIZE_MAX}
    one_more = pa.table({"x": [1] * (HOUSEHOLD_SIZE_MAX + 1), "household_id": [7] * (HOUSEHOLD_SIZE_MAX + 1)})
    assert answers(rules, one_more, tmp_path) == [{"input.household"}] * 2
    nobody = one_more.set_column(1, "household_id", pa.nulls(one_more.num_rows, pa.string()))
    in_memory, in_file = answers(rules, nobody, tmp_path, masks=False)
    assert in_memory == in_file
    assert set(in_memory[0]["n"]) == {1}


HISTORY = "{history: {paid: boolean}, variables: {n: history.count(paid)}}"


def person(**columns: Any) -> pa.Table:
    given = {"person_id": ["a"], "history_from": [date(2025, 1, 1)], "history_until": [ON]}
    return pa.table({**given, **columns})


def records(months: list[Any], ids: list[Any] | None = None) -> pa.Table:
    people = pa.array(["a"] * len(months) if ids is None else ids, pa.string())
    return pa.table({"person_id": people, "month": months, "paid": [True] * len(months)})


def test_records_are_read_alike(tmp_path: Path) -> None:
    in_memory, in_file = answers(program(HISTORY), person(), tmp_path, history=records(["2025-05", "2025-06"]))
    assert in_memory == in_file
    assert in_memory[0]["n"] == [2]


WRONG_RECORDS = {
    "a record without a month": records([date(2025, 5, 1), None]),
    "a record of nobody": records(["2025-05"], [None]),
    "two records for a month": records(["2025-05", "2025-05"]),
    "a record before the history": records(["2024-12"]),
    "a record after the history": records(["2026-03"]),
}


@pytest.mark.parametrize("wrong", WRONG_RECORDS.values(), ids=WRONG_RECORDS)
def test_wrong_records_are_refused_alike(wrong: pa.Table, tmp_path: Path) -> None:
    assert answers(program(HISTORY), person(), tmp_path, history=wrong) == [{"input.history"}] * 2


def test_a_history_is_as_long_as_bounds_allow(tmp_path: Path) -> None:
    years = HISTORY_MONTHS_MAX // 12
    longest = person(history_from=[date(2026 - years, 3, 1)])
    in_memory, in_file = answers(program(HISTORY), longest, tmp_path, history=records(["2025-05"]))
    assert in_memory == in_file
    assert in_memory[0]["n"] == [1]
    longer = person(history_from=[date(2026 - years, 2, 1)])
    assert answers(program(HISTORY), longer, tmp_path, history=records(["2025-05"])) == [{"input.history"}] * 2


def test_rows_of_a_person_say_the_same_of_her_history(tmp_path: Path) -> None:
    twice = pa.table({
        "person_id": ["a", "a"], "history_from": [date(2025, 1, 1), date(2025, 6, 1)], "history_until": [ON, ON],
        "day": [date(2025, 6, 1), ON],
    })  # fmt: skip
    assert answers(program(HISTORY), twice, tmp_path, history=records(["2025-05"])) == [{"input.history"}] * 2
    in_memory, in_file = answers(program(HISTORY), twice, tmp_path, history=records(["2025-05"]), on="day")
    assert in_memory == in_file
    assert in_memory[0]["n"] == [1, 0]


def test_rows_may_leave_out_what_they_do_not_know() -> None:
    rules = program("{inputs: {x: boolean}, variables: {y: not x}}")
    assert evaluate(rules, [{"person_id": "a"}, {"x": True}], on=ON).column("y") == [None, False]
    assert evaluate(rules, [{}, {}], on=ON).column("y") == [None, None]
    assert evaluate(rules, [], on=ON).column("y") == []


def test_a_name_stands_over_one_column() -> None:
    rules = program("{inputs: {x: boolean}, variables: {y: not x}}")
    table = pa.Table.from_arrays([pa.array([True]), pa.array([False])], names=["x", "x"])
    with pytest.raises(AyniError) as caught:
        evaluate(rules, table, on=ON)
    assert caught.value.code == "input.columns"
