"""Whether a mapping fits a sheet: everything that does not is told at once, with the word that was probably meant."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ayni.core.errors import AyniError, AyniErrors
from ayni.roster.fields import Period
from ayni.roster.mapping import Mapping, Rule
from ayni.roster.mapping_check import fit_mapping, period_ratio
from ayni.roster.mapping_file import parse_mapping
from tests.unit.roster.making import SPECS, sheet_of

SHEET = sheet_of(
    {
        "Cédula": ["1", "2"],
        "Sexo": ["1", "2"],
        "Salario": ["100", "200"],
        "Nota": ["9", None],
        "Estado": ["1", "3"],
    }
)


def errors(entries: str) -> list[AyniError]:
    mapping = parse_mapping(f"version: 1\ncolumns:\n{entries}", path="m.yaml")
    with pytest.raises(AyniError) as caught:
        fit_mapping(mapping, SHEET, SPECS)
    return list(caught.value.errors) if isinstance(caught.value, AyniErrors) else [caught.value]


def test_columns_are_found_whatever_their_accents_and_capitals() -> None:
    mapping = Mapping({"national_id": Rule("national_id", columns=("CEDULA",))}, ignore=("nota", "gone"))
    fitted = fit_mapping(mapping, SHEET, SPECS)
    assert fitted.rules["national_id"].columns == ("Cédula",)
    assert fitted.ignore == ("Nota", "gone")


WRONG = [
    ("  monthly_earning: Salario", "unknown_field", "monthly_earnings"),
    ("  foo: Salario", "unknown_field", "national_id"),
    ("  monthly_earnings: Salarios", "unknown_column", "Salario"),
    ("  monthly_earnings: {column: Salario, only_if: {Situación: x}}", "unknown_column", "Salario"),
    ("  is_full_time: {when: [{if: {Horas: x}, then: true}]}", "unknown_column", "Cédula"),
    ('  sex: {column: Sexo, values: {1: man, "2": female}}', "unknown_value", "female, male"),
    ("  sex: {constant: femal}", "unknown_value", "female"),
    ("  is_full_time: {constant: yes}", "unknown_value", "true"),
    ("  employment_status: {when: [{if: {Estado: 1}, then: employed}]}", "unknown_value", "employee"),
    ("  monthly_earnings: {constant: 1.234.567}", "unknown_value", "12345.67"),
    ("  birth_date: {constant: 31/12/1980}", "unknown_value", "2026-01-31"),
    ("  sex: {column: Sexo, date_order: dmy}", "not_for_type", "date_order"),
    ("  birth_date: {column: Nota, decimal: ','}", "not_for_type", "decimal"),
    ("  age: {column: Nota, factor: 2, because: x}", "not_for_type", "factor"),
    ("  care_hours: {column: Nota, period: month}", "not_for_type", "period"),
    ("  monthly_earnings: {column: Salario, period: day}", "no_period", "month"),
]


@pytest.mark.parametrize(("entries", "code", "hint"), WRONG)
def test_wrong_entries(entries: str, code: str, hint: str) -> None:
    (error,) = errors(entries)
    assert error.code == f"roster.mapping_{code}"
    assert hint in f"{error.expected} {error.found}"
    assert str(error.location).startswith("m.yaml (columns.")


def test_all_problems_are_told_at_once() -> None:
    entries = (
        "  foo: Salario\n  sex: {column: Sex0o}\n  is_full_time: {constant: maybe}\n  age: {column: Nota, decimal: ','}"
    )
    assert len(errors(entries)) == 3


def test_codes_without_a_meaning_are_counted() -> None:
    (error,) = errors('  sex: {column: Sexo, values: {"1": male}}')
    assert error.code == "roster.unmapped_codes"
    assert "«2» (1)" in str(error.found)
    assert "null" in str(error.action)


def test_codes_are_complete_with_null_missing_values_or_plain_words() -> None:
    sheet = sheet_of({"Sexo": ["1", "2.0", "9", "-9", "Mujer", None, "  "]})
    mapping = parse_mapping(
        'version: 1\ncolumns:\n  sex: {column: Sexo, values: {1: male, 2: female, 9: null}}\nmissing_values: ["-9"]'
    )
    assert fit_mapping(mapping, sheet, SPECS).rules["sex"].values == {"1": "male", "2": "female", "9": None}


@pytest.mark.parametrize(
    ("period", "ratio"),
    [(None, 1), (Period.MONTH, 1), (Period.YEAR, Fraction(1, 12)), (Period.QUARTER, Fraction(1, 3))],
)
def test_periods(period: Period | None, ratio: Fraction | int) -> None:
    assert period_ratio(Rule("monthly_earnings", period=period), SPECS["monthly_earnings"]) == ratio
