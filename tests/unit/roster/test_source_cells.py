"""The cells that a rule looks at: unknown stays unknown, also in conditions."""

from __future__ import annotations

import pytest

from ayni.roster.mapping import Mapping
from ayni.roster.mapping_file import parse_mapping
from ayni.roster.source_cells import source_cells
from tests.unit.roster.making import sheet_of

SHEET = sheet_of(
    {
        "status": ["1", "1.0", "2", "3", None, "9"],
        "kind": ["2", "3", None, "2", "2", "3"],
        "hours": ["40", "35", "34,5", None, "x", "60"],
        "pay": ["100", "200", "300", "400", "500", "s/d"],
        "first": ["Mora", "Solís", " ", "Vega", None, "Rojas "],
        "second": ["Rojas", None, None, "Mora", "Vargas", "\u00a0"],
    }
)


def cells(entry: str, missing: str = "[]") -> list[str | None]:
    """The cells of one entry of a mapping file."""
    mapping: Mapping = parse_mapping(f"version: 1\ncolumns:\n  x: {entry}\nmissing_values: {missing}")
    return source_cells(SHEET, mapping.rules["x"], mapping).text.to_list()


CASES = [
    ("pay", "[]", ["100", "200", "300", "400", "500", None]),
    ("pay", '["300"]', ["100", "200", None, "400", "500", None]),
    ("{column: status, missing_values: 9}", "[]", ["1", "1.0", "2", "3", None, None]),
    ("{column: status, missing_values: 1}", "[]", [None, None, "2", "3", None, "9"]),
    # A code with a meaning of its own is not missing, whatever the list says.
    ('{column: pay, values: {s/d: "0"}}', "[]", ["100", "200", "300", "400", "500", "s/d"]),
    ("{constant: true}", "[]", ["true"] * 6),
    # A code that lacks a part is no code.
    ("{columns: [status, kind]}", "[]", ["1-2", "1.0-3", None, "3-2", None, "9-3"]),
    ('{columns: [status, kind], joiner: "/"}', "[9]", ["1/2", "1.0/3", None, "3/2", None, None]),
    ("{column: pay, only_if: {kind: 2}}", "[]", ["100", None, None, "400", "500", None]),
    ("{column: pay, only_if: {kind: [2, null]}}", "[]", ["100", None, "300", "400", "500", None]),
    ("{column: pay, only_if: {kind: 2, status: [1, 3]}}", "[]", ["100", None, None, "400", None, None]),
    ('{column: pay, only_if: {hours: ">= 35"}}', "[]", ["100", "200", None, None, None, None]),
    ('{column: pay, only_if: {hours: "< 35"}}', "[]", [None, None, "300", None, None, None]),
    ('{column: pay, only_if: {hours: "> 35"}}', "[]", ["100", None, None, None, None, None]),
    ('{column: pay, only_if: {hours: "<= 34.5"}}', "[]", [None, None, "300", None, None, None]),
]


@pytest.mark.parametrize(("entry", "missing", "expected"), CASES)
def test_cells(entry: str, missing: str, expected: list[str | None]) -> None:
    assert cells(entry, missing) == expected


def test_the_first_rule_that_holds_counts() -> None:
    entry = "{when: [{if: {status: 1, kind: 2}, then: a}, {if: {status: 1}, then: b}], otherwise: c}"
    assert cells(entry) == ["a", "b", "c", "c", None, "c"]


def test_an_undecided_rule_before_the_one_that_holds_leaves_the_field_unknown() -> None:
    entry = "{when: [{if: {kind: 3}, then: a}, {if: {status: 2}, then: b}], otherwise: c}"
    # Row 3: whether kind is 3 is not known, so that nobody knows whether `a` or `b` is right.
    assert cells(entry) == ["c", "a", None, "c", None, "a"]
    known = "{when: [{if: {kind: null}, then: d}, {if: {kind: 3}, then: a}], otherwise: c}"
    assert cells(known) == ["c", "a", "d", "c", "c", "a"]


def test_an_unknown_number_is_not_below_a_threshold() -> None:
    entry = '{when: [{if: {hours: ">= 35"}, then: true}], otherwise: false}'
    assert cells(entry) == ["true", "true", "false", None, None, "true"]


def test_unknown_without_otherwise() -> None:
    assert cells("{when: [{if: {status: 1}, then: null}, {if: {status: 2}, then: b}]}") == [
        None,
        None,
        "b",
        None,
        None,
        None,
    ]


def test_names_may_lack_a_part() -> None:
    mapping = parse_mapping("version: 1\ncolumns:\n  surname: {columns: [first, second]}\n")
    found = source_cells(SHEET, mapping.rules["surname"], mapping).text.to_list()
    assert found == ["Mora Rojas", "Solís", None, "Vega Mora", "Vargas", "Rojas"]


def test_words_in_conditions_need_no_accents() -> None:
    sheet = sheet_of({"Situación": ["Asalariado", "INDEPENDIENTE", None], "pay": ["1", "2", "3"]})
    mapping = parse_mapping("version: 1\ncolumns:\n  x: {column: pay, only_if: {Situación: independiente}}\n")
    assert source_cells(sheet, mapping.rules["x"], mapping).text.to_list() == [None, "2", None]
