"""The vocabulary: types, units and bounds of inputs and outputs, and words in both languages for what packs read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ayni.packs import schema
from ayni.packs.problems import Problems, Where
from ayni.packs.units import parse_unit, typed_unit
from ayni.packs.vocabulary import LOCALE_FOLDER, VOCABULARY_FILE, vocabulary
from ayni.packs.yaml_reader import parse_yaml, read_yaml
from ayni.rules.definitions import UnitSpec

WORDS = vocabulary()


@pytest.mark.parametrize(
    ("name", "unit", "low", "high"),
    [
        ("monthly_earnings", UnitSpec("money", "month"), 0, 10**10),
        ("monthly_net_income", UnitSpec("money", "month"), -(10**10), 10**10),
        ("turnover_last_12_months", UnitSpec("money", "year"), 0, 10**10),
        ("quarterly_earnings", UnitSpec("money", "quarter"), 0, 10**10),
        ("daily_earnings", UnitSpec("money", "day"), 0, 10**10),
        ("average_daily_earnings", UnitSpec("money", "day", 4), 0, 10**10),
        ("bid_amount", UnitSpec("money"), 0, 10**10),
        ("contribution_rate", UnitSpec("rate", decimals=6), 0, 1),
        ("age", UnitSpec("integer", label="years"), 0, 130),
        ("months_contributed", UnitSpec("integer", label="months"), 0, 100_000),
        ("members_count", UnitSpec("integer", label="persons"), 0, 100_000),
        ("birth_date", UnitSpec("date"), date(1880, 1, 1), date(2199, 12, 31)),
        ("is_full_time", UnitSpec("boolean"), None, None),
        ("employment_status", UnitSpec("enum", enum="employment_status"), None, None),
        ("contribution_group", UnitSpec("integer", label="group number 1 to 11"), 1, 11),
    ],
)
def test_inputs_have_types_and_bounds(name: str, unit: UnitSpec, low: object, high: object) -> None:
    definition = WORDS.inputs[name].definition
    assert (definition.unit, definition.minimum, definition.maximum) == (unit, low, high)


def test_every_number_is_bounded() -> None:
    for name, known in WORDS.inputs.items():
        definition = known.definition
        if definition.unit.kind in ("money", "rate", "integer", "number", "date"):
            assert definition.minimum is not None, name
            assert definition.maximum is not None, name
            assert definition.minimum < definition.maximum, name  # type: ignore[operator]


def test_outputs_have_units() -> None:
    assert WORDS.outputs["sem_insured"].unit == UnitSpec("money", "month")
    assert WORDS.outputs["sem_insured"].payer == "insured"
    assert WORDS.outputs["eligible"].unit == UnitSpec("boolean")
    assert WORDS.outputs["basic_pension_rate"].unit == UnitSpec("rate")


def test_no_name_is_input_and_output() -> None:
    assert not set(WORDS.inputs) & set(WORDS.outputs)


def test_ordinary_states_are_of_their_type() -> None:
    for name, known in WORDS.inputs.items():
        ordinary, kind = known.definition.ordinary, known.definition.unit.kind
        if ordinary is None:
            continue
        if kind == "boolean":
            assert isinstance(ordinary, bool), name
        elif kind == "enum":
            assert ordinary in WORDS.enums[name], name
        else:
            assert Decimal(str(ordinary)).is_finite(), name


def test_words_name_things_that_exist_and_are_complete() -> None:
    for path in sorted(LOCALE_FOLDER.glob("*.yaml")):
        tree = read_yaml(path)
        problems = Problems()
        schema.LOCALE_FILE.form.check(tree, Where(path.name, 1), problems)
        assert not problems.errors
        assert set(tree["inputs"]) <= set(WORDS.inputs)
        assert set(tree["outputs"]) <= set(WORDS.outputs)
        for enum, values in tree.get("enums", {}).items():
            assert list(values) == list(WORDS.enums[enum]), f"{enum} in {path.name}"


def test_languages_have_the_same_words() -> None:
    english, spanish = (read_yaml(LOCALE_FOLDER / f"{language}.yaml") for language in ("en", "es"))
    for section in ("inputs", "outputs"):
        assert list(english[section]) == list(spanish[section])


def test_words_fall_back_to_the_name() -> None:
    assert WORDS.inputs["annual_dividends"].definition.words == {"en": "annual dividends"}
    assert WORDS.inputs["monthly_earnings"].definition.words["es"] == "salario bruto mensual"
    assert WORDS.enums["sex"]["female"] == {"en": "female", "es": "mujer"}


def test_names_are_sorted() -> None:
    tree = read_yaml(VOCABULARY_FILE)
    for section in ("inputs", "outputs"):
        assert list(tree[section]) == sorted(tree[section])


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("money/month", UnitSpec("money", "month")),
        ("money", UnitSpec("money")),
        ("days", UnitSpec("integer", label="days")),
        ("rate", UnitSpec("rate")),
        ({"enum": "sex"}, UnitSpec("enum", enum="sex")),
        ("money/week", None),
        ("colones", None),
        ({"enum": "sex", "more": 1}, None),
        (5, None),
    ],
)
def test_units_as_packs_write_them(written: object, unit: UnitSpec | None) -> None:
    assert parse_unit(written) == unit


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("{type: money, period: month}", UnitSpec("money", "month")),
        ("{type: money/year, decimals: 4}", UnitSpec("money", "year", 4)),
        ("{type: rate}", UnitSpec("rate", decimals=6)),
        ("{type: integer, unit: months}", UnitSpec("integer", label="months")),
        ("{type: enum, enum: sex}", UnitSpec("enum", enum="sex")),
        ("{enum: sex}", UnitSpec("enum", enum="sex")),
        ("{type: other}", None),
        ("{minimum: 0}", None),
    ],
)
def test_units_of_inputs_of_packs(text: str, unit: UnitSpec | None) -> None:
    assert typed_unit(parse_yaml(text, "f.yaml")) == unit
