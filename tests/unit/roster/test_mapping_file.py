"""Mapping files: what is written is read back; what is wrong is said all at once; nothing hostile does harm."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ayni.core.errors import AyniError, AyniErrors
from ayni.roster.dates import DateOrder
from ayni.roster.fields import Period
from ayni.roster.mapping import Comparison, Condition, Mapping, Reason, Rule, WhenRule
from ayni.roster.mapping_file import dump_mapping, load_mapping, parse_mapping, save_mapping

EXAMPLE = """\
version: 1
columns:
  household_id: {columns: [CODUSU, NRO_HOGAR]}
  birth_date: {column: CH05, date_order: dmy}
  sex: {column: CH04, values: {1: male, "2": female, 9: null}}
  phone: Teléfono
  monthly_earnings:
    column: P21
    only_if: {CAT_OCUP: "3"}
    factor: 24.50
    because: "prices of 2016 to 2026"
    decimal: ","
    period: yearly
    missing_values: "-9"
  employment_status:
    when:
      - {if: {ESTADO: 1, CAT_OCUP: ["2", null]}, then: own_account_worker}
      - {if: {HORAS: ">= 35.5"}, then: null}
    otherwise: inactive
  is_full_time: {constant: no}
ignore: [ANO4, TRIMESTRE]
missing_values: ["-9", s/d]
"""


def test_everything_a_mapping_can_say() -> None:
    mapping = parse_mapping(EXAMPLE)
    assert mapping.rules == {
        "household_id": Rule("household_id", columns=("CODUSU", "NRO_HOGAR")),
        "birth_date": Rule("birth_date", columns=("CH05",), date_order=DateOrder.DMY),
        "sex": Rule("sex", columns=("CH04",), values={"1": "male", "2": "female", "9": None}),
        "phone": Rule("phone", columns=("Teléfono",)),
        "monthly_earnings": Rule(
            "monthly_earnings",
            columns=("P21",),
            only_if=(Condition("CAT_OCUP", ("3",)),),
            factor=Decimal("24.50"),
            because="prices of 2016 to 2026",
            decimal=",",
            period=Period.YEAR,
            missing_values=("-9",),
        ),
        "employment_status": Rule(
            "employment_status",
            when=(
                WhenRule((Condition("ESTADO", ("1",)), Condition("CAT_OCUP", ("2", None))), "own_account_worker"),
                WhenRule((Condition("HORAS", comparison=Comparison.AT_LEAST, number=Decimal("35.5")),), None),
            ),
            otherwise="inactive",
        ),
        # Every scalar is text: `no` is not false until a field says so.
        "is_full_time": Rule("is_full_time", constant="no"),
    }
    assert mapping.ignore == ("ANO4", "TRIMESTRE")
    assert mapping.missing_values == ("-9", "s/d")
    assert mapping.columns == ("CODUSU", "NRO_HOGAR", "CH05", "CH04", "Teléfono", "P21", "CAT_OCUP", "ESTADO", "HORAS")
    assert mapping.unused(["P21", "ANO4", "other"]) == ("other",)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    mapping = parse_mapping(EXAMPLE)
    save_mapping(mapping, tmp_path / "m.yaml")
    assert load_mapping(tmp_path / "m.yaml") == mapping
    assert parse_mapping(dump_mapping(Mapping({}))) == Mapping({})


def test_guesses_carry_their_reason_as_a_comment() -> None:
    rule = Rule("sex", columns=("S",), confidence=0.7, reason=Reason("content_sex", {"column": "S"}))
    text = dump_mapping(Mapping({"sex": rule}, is_guess=True), language="es")
    assert text.splitlines()[2:] == [
        "  # 70 %: solo contiene palabras para femenino y masculino",
        "  sex: {column: S}",
    ]
    assert parse_mapping(text).rules["sex"] == rule


TEXTS = st.text(
    st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"], blacklist_characters="\ufeff"), min_size=1, max_size=12
)


@given(st.dictionaries(TEXTS, st.none() | TEXTS, max_size=5), st.lists(TEXTS, max_size=4, unique=True), TEXTS)
def test_any_names_and_codes_survive(values: dict[str, str | None], columns: list[str], joiner: str) -> None:
    rule = Rule("sex", columns=tuple(columns) or ("x",), values=values, joiner=joiner)
    mapping = Mapping({"sex": rule}, ignore=tuple(columns), missing_values=tuple(columns))
    assert parse_mapping(dump_mapping(mapping)) == mapping


def test_changes_of_a_mapping() -> None:
    mapping = parse_mapping(EXAMPLE)
    assert mapping.with_changes("birth_date", date_order=DateOrder.MDY).rules["birth_date"].date_order == "mdy"
    assert "sex" not in mapping.without("sex").rules
    assert mapping.with_rule(Rule("sex", columns=("X",), confidence=0.2)).rules["sex"].confidence == 1.0
    assert "sex" in mapping.rules


# --- what is wrong with a file ----------------------------------------------------------------------------------------


def codes(text: str) -> list[str]:
    with pytest.raises(AyniError) as caught:
        parse_mapping(text, path="m.yaml")
    errors = caught.value.errors if isinstance(caught.value, AyniErrors) else [caught.value]
    for error in errors:
        assert error.found is not None
        assert error.expected
        assert error.action
        assert str(error.location).startswith("m.yaml")
    return [error.code.removeprefix("roster.mapping_") for error in errors]


def entry(text: str) -> str:
    return f"version: 1\ncolumns:\n  x: {text}\n"


WRONG = [
    ("", ["entry"]),
    ("- a", ["entry"]),
    ("columns: {}", ["version"]),
    ("version: 2", ["version"]),
    ("version: 1\ncolumns: [a]", ["entry"]),
    ("version: 1\ncolums: {}", ["unknown_key"]),
    ("version: 1\nignore: {a: b}", ["entry"]),
    (entry("[a]"), ["entry"]),
    (entry("{}"), ["entry"]),
    (entry("{column: a, constant: b}"), ["entry"]),
    (entry("{column: [a, {b: c}]}"), ["entry"]),
    (entry("{colum: a}"), ["unknown_key", "entry"]),
    (entry("{column: a, date_order: dym}"), ["entry"]),
    (entry("{column: a, decimal: ';'}"), ["entry"]),
    (entry("{column: a, period: weekly}"), ["entry"]),
    (entry("{column: a, values: [b]}"), ["entry"]),
    (entry("{column: a, values: {b: [c]}}"), ["entry"]),
    (entry("{column: a, factor: 2}"), ["needs_because"]),
    (entry("{column: a, factor: 0, because: b}"), ["entry"]),
    (entry("{column: a, factor: -1, because: b}"), ["entry"]),
    (entry("{column: a, factor: .inf, because: b}"), ["entry"]),
    (entry("{column: a, factor: 1.123456789, because: b}"), ["entry"]),
    (entry("{column: a, factor: 1e50, because: b}"), ["entry"]),
    (entry("{column: a, because: [b]}"), ["entry"]),
    (entry("{when: []}"), ["entry"]),
    (entry("{when: [{if: {a: b}}]}"), ["entry"]),
    (entry("{when: [{if: {}, then: b}]}"), ["entry"]),
    (entry("{when: [{if: {a: {b: c}}, then: b}]}"), ["entry"]),
    (entry("{column: a, only_if: b}"), ["entry"]),
    (entry("{column: a, only_if: {b: []}}"), ["entry"]),
    (entry("{column: a, date_order: x}") + "  y: {column: b, decimal: x}\nfoo: 1\n", ["unknown_key", "entry", "entry"]),
    ("version: 1\nversion: 1", ["yaml"]),
    (entry("{column: a, column: b}"), ["yaml"]),
    (entry("{column: &a b}") + "  y: {column: *a}\n", ["yaml"]),
    (entry("!!python/object:os.system {}"), ["yaml"]),
    (entry("!!int '3'"), ["yaml"]),
    (entry("{column: a"), ["yaml"]),
    (entry("[" * 50), ["yaml"]),
    ("version: 1\n\tcolumns: x", ["yaml"]),
    ("version: 1\n? [a]\n: b", ["yaml"]),
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_wrong_files(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_the_line_of_a_yaml_mistake_is_told() -> None:
    with pytest.raises(AyniError) as caught:
        parse_mapping("version: 1\ncolumns:\n  a: {column: x}\n  a: {column: y}\n", path="m.yaml")
    assert str(caught.value.location) == "m.yaml:4"
    assert "'a'" in str(caught.value.found)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    cases = {"no.yaml": None, "latin.yaml": "ñ".encode("latin-1"), "big.yaml": b"#" * (1 << 21)}
    expected = {
        "no.yaml": "roster.mapping_not_found",
        "latin.yaml": "roster.mapping_yaml",
        "big.yaml": "roster.mapping_yaml",
    }
    for name, content in cases.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(AyniError) as caught:
            load_mapping(tmp_path / name)
        assert caught.value.code == expected[name]


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        parse_mapping(text)
    except AyniError as error:
        refused = error.code
    else:
        refused = "roster.mapping_none"
    assert refused.startswith("roster.mapping_")
