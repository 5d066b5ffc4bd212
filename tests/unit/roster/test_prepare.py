"""From a sheet and a mapping to the table for the rules: types, unknown cells, and everything that was wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from ayni.core.errors import AyniError
from ayni.roster.guess import guess_mapping
from ayni.roster.mapping_file import parse_mapping
from ayni.roster.prepare import Prepared, prepare
from ayni.roster.problems import Severity
from ayni.roster.read import read_sheet
from tests.unit.roster.making import SETTING, SPECS, prepared, problems_of, sheet_of, write_xlsx


def column(cells: list[str | None], name: str, entry: str) -> tuple[list[object], list[str]]:
    """What the cells of a column become, and the codes of what was wrong with them."""
    result = prepared({"c": cells}, f"  {name}: {entry}\n")
    return result.table[name].to_pylist(), [code.removeprefix("roster.") for code, _, _ in problems_of(result)]


def decimals(*texts: str | None) -> list[Decimal | None]:
    return [None if text is None else Decimal(text) for text in texts]


def test_types_of_the_table() -> None:
    cells = {name: [value] for name, value in {"a": "1.5", "b": "3", "d": "1980-01-02", "t": "x", "y": "sí"}.items()}
    mapping = (
        "  monthly_earnings: a\n  profit_share: {column: a, factor: 0.1, because: x}\n  care_hours: a\n  age: b\n"
        "  birth_date: d\n  place: t\n  is_full_time: y\n  sex: {constant: female}\n"
    )
    schema = {field.name: field.type for field in prepared(cells, mapping).table.schema}
    assert schema == {
        "row_number": pa.int64(),
        "person_id": pa.string(),
        "display_name": pa.string(),
        "birth_date": pa.date32(),
        "sex": pa.string(),
        "place": pa.string(),
        "age": pa.int64(),
        "is_full_time": pa.bool_(),
        "monthly_earnings": pa.decimal128(18, 2),
        "profit_share": pa.decimal128(18, 6),
        "care_hours": pa.decimal128(18, 2),
    }


MONEY = [
    (["350000", "", None, "  ", "s/d", "0"], "c", decimals("350000.00", None, None, None, None, "0.00"), []),
    (["1.234,50", "350.000"], "c", decimals("1234.50", "350000.00"), []),
    (["1.234", "350.000"], "c", [None, None], ["number_ambiguous"]),
    (["1.234", "350.000"], '{column: c, decimal: ","}', decimals("1234.00", "350000.00"), []),
    (["-5", "99999999999"], "c", [None, None], ["negative", "above_maximum"]),
    (["abc", "US$ 5", "1E+5"], "c", [None] * 3, ["not_a_number", "other_currency", "number_shortened"]),
    (["₡ 5", "5 colones"], "c", decimals("5.00", "5.00"), []),
    (["0.005", "0.004"], "c", decimals("0.01", "0.00"), ["rounded"]),
    (["1200000", "100"], "{column: c, period: yearly}", decimals("100000.00", "8.33"), []),
    (["10", None], '{column: c, factor: "24.5", because: x}', decimals("245.00", None), []),
    (["9999", "5"], '{column: c, values: {"9999": null}}', decimals(None, "5.00"), []),
    (["-9", "5"], '{column: c, missing_values: "-9"}', decimals(None, "5.00"), []),
    (["999999999999999"], '{column: c, factor: "10000", because: x}', [None], ["number_too_long"]),
    (["x"], '{constant: "1500.50"}', decimals("1500.50"), []),
]


@pytest.mark.parametrize(("cells", "entry", "values", "codes"), MONEY)
def test_money(cells: list[str | None], entry: str, values: list[object], codes: list[str]) -> None:
    assert column(cells, "monthly_earnings", entry) == (values, codes)


OTHERS = [
    ("age", ["30", "1.0", "2,5", "-1", "131", "1.234"], "c", [30, 1, None, None, None, None]),
    ("months_contributed", ["1.200", "1,100"], "c", [1200, 1100]),
    ("profit_share", ["5%", "0.05", "5"], "c", decimals("0.050000", "0.050000", None)),
    ("is_full_time", ["sí", "NO", "x", "tal vez", None], "c", [True, False, True, None, None]),
    ("is_full_time", ["x", None, " "], '{column: c, values: {"": false}}', [True, False, False]),
    ("sex", ["F", "M", "Z", None], "c", ["female", "male", None, None]),
    ("sex", ["1", "2.0", "9"], "{column: c, values: {1: male, 2: female, 9: null}}", ["male", "female", None]),
    ("sex", ["x"], "{constant: female}", ["female"]),
    ("birth_date", ["03/04/1980", "05/06/1990"], "c", [None, None]),
    ("birth_date", ["03/04/1980"], "{column: c, date_order: dmy}", [date(1980, 4, 3)]),
    ("birth_date", ["x"], "{constant: 1980-12-31}", [date(1980, 12, 31)]),
    ("place", ["  San  José ", "-", "A"], '{column: c, values: {"A": Alajuela}}', ["San José", None, "Alajuela"]),
    ("phone", ["8888-8888", "1"], "c", ["+50688888888", None]),
    ("employment_status", ["asociado/a", "patrono", "asalriado"], "c", ["cooperative_member", "employer", None]),
]


@pytest.mark.parametrize(("name", "cells", "entry", "values"), OTHERS)
def test_other_types(name: str, cells: list[str | None], entry: str, values: list[object]) -> None:
    assert column(cells, name, entry)[0] == values


def test_an_unmapped_code_names_what_was_probably_meant() -> None:
    result = prepared({"c": ["asalriado", "7"]}, "  employment_status: c\n")
    first, second = result.problems
    assert (first.code, first.row, first.value) == ("roster.unmapped_code", 2, "asalriado")
    assert "asalariado → employee" in first.message["en"]
    assert "employee, employer" in second.message["en"]
    assert 'employment_status: {column: "c", values: {"7": …}}' in second.action["es"]


def test_an_ambiguous_sex_code_names_the_mapping() -> None:
    result = prepared({"c": ["M", "M"]}, "  sex: c\n")
    assert [problem.code for problem in result.problems] == ["roster.word_in_doubt"] * 2
    assert 'sex: {column: "c", values: {"M": …}}' in next(iter(result.problems)).action["en"]


def test_an_ambiguous_column_is_one_problem_that_names_date_order() -> None:
    result = prepared({"Nac.": ["03/04/1980"] * 7 + [None]}, "  birth_date: Nac.\n")
    (problem,) = result.problems
    assert (problem.code, problem.row, problem.count) == ("roster.date_ambiguous", None, 7)
    assert 'birth_date: {column: "Nac.", date_order: dmy}' in problem.action["en"]


def test_numbers_of_a_workbook_need_no_signs(tmp_path: Path) -> None:
    sheet = read_sheet(write_xlsx(tmp_path / "m.xlsx", {"A": [["pay"], [1.234], [350.5], ["12,75"]]}))
    result = prepare(sheet, parse_mapping("version: 1\ncolumns: {monthly_earnings: pay}"), SPECS, SETTING)
    assert result.table["monthly_earnings"].to_pylist() == decimals("1.23", "350.50", "12.75")


def test_what_was_decided_is_said() -> None:
    result = prepared(
        {"a": ["12,5"], "b": ["25/12/1980"], "d": ["5"]},
        "  monthly_earnings: a\n  birth_date: b\n"
        "  monthly_net_income: {column: d, factor: 2, because: inflation, period: year}\n",
    )
    assert {remark.code for remark in result.remarks} == {
        "decimal_found",
        "date_order_found",
        "factor_applied",
        "period_converted",
    }
    assert any("inflation" in remark.text("es") for remark in result.remarks)


def test_rows_cut_wrongly_are_set_aside_and_said_once(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("id,pay,born\n" + "x,1,1980-12-31\n" * 9 + "y,1,50,1980-12-31\n", encoding="utf-8")
    mapping = parse_mapping("version: 1\ncolumns: {member_number: id, monthly_earnings: pay, birth_date: born}")
    result = prepare(read_sheet(path), mapping, SPECS, SETTING)
    assert result.set_aside == {11: "roster.row_too_long"}
    assert [code for code, row, _ in problems_of(result) if row == 11] == ["roster.row_too_long"]
    assert result.table.num_rows == 9


def test_names_to_show() -> None:
    parts = prepared({"n": ["Ana", None, None], "s": ["Mora", "Vega", None]}, "  given_names: n\n  surname: s\n")
    assert parts.table["display_name"].to_pylist() == ["Ana Mora", "Vega", None]
    whole = prepared({"n": ["Mora, Ana"]}, "  full_name: n\n")
    assert whole.table["display_name"].to_pylist() == ["Mora, Ana"]


def test_nothing_read_is_changed_and_the_sheet_keeps_every_row() -> None:
    sheet = sheet_of({"id": ["1-0613-0584", " 106130584 "], "sex": [" f ", "X"]})
    before = sheet.cells.clone()
    result = prepare(sheet, parse_mapping("version: 1\ncolumns: {national_id: id, sex: sex}"), SPECS, SETTING)
    assert result.sheet.cells.equals(before)
    assert result.sheet is sheet
    assert result.table.num_rows == 1


def test_a_mapping_that_does_not_fit_is_refused_before_anything_is_read() -> None:
    with pytest.raises(AyniError) as caught:
        prepare(sheet_of({"a": ["1"]}), parse_mapping("version: 1\ncolumns: {sex: b}"), SPECS, SETTING, language="es")
    assert caught.value.code == "roster.mapping_unknown_column"


def test_an_empty_mapping_gives_the_rows() -> None:
    result = prepare(sheet_of({"a": ["1", "2"]}), guess_mapping(sheet_of({"a": ["1"]}), SPECS, SETTING), SPECS, SETTING)
    assert result.table.column_names == ["row_number", "person_id", "display_name"]
    assert result.table["person_id"].to_pylist() == ["row 2", "row 3"]


# --- the list of things to do ----------------------------------------------------------------------------------------


def messy() -> Prepared:
    return prepared(
        {
            "id": ["1-0613-0584", "123", "124", None],
            "born": ["2030-01-01", "1980-01-01", "x", None],
            "pay": ["-1", "5", "6", "-2"],
            "phone": ["1", "8888-8888", None, None],
            "sex": ["Q", "Q", "F", "Z"],
        },
        "  national_id: id\n  birth_date: born\n  monthly_earnings: pay\n  phone: phone\n  sex: sex\n",
    )


def test_things_to_do_with_counts() -> None:
    assert [task.text for task in messy().problems.tasks("en")] == [
        "Say what «Q» means in «sex» (2 cells)",
        "Correct 2 negative values in «pay»",
        "Correct 2 identity numbers with too many or too few digits",
        "Correct 1 birth date in the future",
        "Correct 1 cell of «born» that is not a date",
        "Say what «Z» means in «sex» (1 cell)",
        "Correct 1 telephone number",
    ]
    task = messy().problems.tasks("es")[1]
    assert (task.text, task.count, task.rows) == ("Corrija 2 valores negativos en «pay»", 2, (2, 5))
    assert messy().problems.tasks("en")[-1].severity is Severity.WARNING


def test_problems_by_severity_and_row() -> None:
    problems = messy().problems
    assert len(problems.of(Severity.WARNING)) == 1
    assert len(problems.of(Severity.ERROR)) == len(problems) - 1
    assert problems.rows() == {2, 3, 4, 5}
    assert [problem.row for problem in problems] == sorted(problem.row or 0 for problem in problems)
    assert len(prepared({"a": ["1"]}, "  place: a\n").problems.tasks()) == 0
