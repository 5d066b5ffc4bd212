"""Loading a pack: what a right one gives, and that each way of being wrong is said with file, line and what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ayni.core.errors import AyniError
from ayni.packs.files import available_packs, find_pack
from ayni.packs.loader import load_pack, unit_of
from ayni.rules.definitions import UnitSpec
from tests.unit.packs.conftest import PackFolder

SCHEME = "schemes/example.yaml"
PACK = "pack.yaml"
FIGURES = "parameters/figures.yaml"
RATE = "parameters.contribution_rate_insured"
VALUE = "{value: 0.05, source: [MK]"

TABLE = """tables:
  scale:
    words: {en: scale, es: escala}
    keys: {income: {unit: money/month, band: true}, sex: {enum: sex}}
    columns: {rate: rate, level: {enum: sex}}
    versions:
      2026-01-01:
        source: [MK]
        confidence: low
        rows:
          - ["<= 2", female, 0.05, male]
          - ["<= 2", male, 0.06, male]
          - ["any", female, 0.07, male]
          - ["any", male, 0.08, null]
"""
FILE_TABLE = TABLE[: TABLE.index("        rows:")] + "        rows_file: scale.csv\n"
ROWS = 'income,sex,rate,level\n"<= 2",female,0.05,male\n"<= 2",male,0.06,male\nany,female,0.07,male\nany,male,0.08,\n'


def test_a_right_pack(small_pack: PackFolder) -> None:
    pack = load_pack(small_pack.root)
    assert (pack.country, pack.currency, pack.currency_decimals, pack.languages) == ("UY", "UYU", 2, ("en", "es"))
    assert pack.name == {"en": "Uruguay", "es": "Uruguay"}
    scheme = pack.schemes["example"]
    assert scheme.id == "uy.example"
    assert scheme.column("pension_insured") == "example.pension_insured"
    assert scheme.column("other.thing") == "other.thing"
    assert scheme.eligible == "example.eligible"
    assert not scheme.exists_on(date(2025, 12, 31))
    assert scheme.exists_on(scheme.in_force)
    condition = scheme.conditions["is_employee"]
    assert condition.barrier == "legal"
    assert condition.unmet["es"] == "No es persona asalariada."
    assert scheme.contributions[0].payer == "insured"
    assert [item.words["en"] for item in scheme.steps.unit] == ["Ask the institution for an agreement."]
    parameter = pack.rulebook.parameters["contribution_rate_insured"]
    assert parameter.values[0].value == Decimal("0.05")
    assert parameter.values[0].evidence.source == ("MK",)
    assert not parameter.values[0].evidence.is_confirmed
    assert pack.reviews["contribution_rate_insured"].next_review == date(2027, 1, 15)
    assert unit_of(pack, "example.pension_insured") == UnitSpec("money", "month")
    assert unit_of(pack, "nothing") is None


def test_eligible_is_all_conditions_together(small_pack: PackFolder) -> None:
    variables = load_pack(small_pack.root).rulebook.variables
    assert variables["example.eligible"].formulas == ((date(2026, 1, 1), "is_employee"),)
    assert variables["example.is_employee"].unit == UnitSpec("boolean")
    small_pack.change(SCHEME, "until: null", "until: 2027-01-01")
    ended = load_pack(small_pack.root).rulebook.variables["example.eligible"]
    assert ended.formulas[1] == (date(2027, 1, 1), "False")


def test_groups_outside_are_variables(small_pack: PackFolder) -> None:
    small_pack.change(
        "pack.yaml", "outside: {} ", "outside: {pupils: {when: is_student, words: {en: pupils, es: alumnado}}} "
    )
    pack = load_pack(small_pack.root)
    assert pack.outside["pupils"].variable == "outside.pupils"
    assert pack.rulebook.variables["outside.pupils"].formulas == ((date.min, "is_student"),)


def test_the_version_changes_with_any_file(small_pack: PackFolder) -> None:
    before = load_pack(small_pack.root)
    assert before.version == f"2026.6.1+{before.content_hash[:12]}"
    assert load_pack(small_pack.root).content_hash == before.content_hash
    small_pack.write("README.md", "words")
    assert load_pack(small_pack.root).content_hash != before.content_hash
    (small_pack.root / ".hidden").write_text("x")
    (small_pack.root / "__pycache__").mkdir()
    (small_pack.root / "__pycache__" / "x.pyc").write_text("x")
    (small_pack.root / "README.md").unlink()
    assert load_pack(small_pack.root).content_hash == before.content_hash


def test_inputs_are_the_vocabulary_as_the_pack_narrows_it(small_pack: PackFolder) -> None:
    small_pack.change(
        "pack.yaml",
        "  monthly_earnings: {minimum: 0, maximum: 10000000000}",
        "  monthly_earnings: {maximum: 500, words: {en: pay, es: paga}}\n"
        "  employment_status: {values: [employee, unemployed]}\n"
        "  uy_points: {type: number, decimals: 2, words: {en: points, es: puntos}, ordinary: 1}",
    )
    small_pack.write("locale/es.yaml", "inputs: {age: años}\nenums: {sex: {male: hombre}}\noutputs: {eligible: x}\n")
    book = load_pack(small_pack.root).rulebook
    assert (book.inputs["monthly_earnings"].minimum, book.inputs["monthly_earnings"].maximum) == (0, 500)
    assert book.inputs["monthly_earnings"].words == {"en": "pay", "es": "paga"}
    assert list(book.enums["employment_status"]) == ["employee", "unemployed"]
    assert book.inputs["uy_points"].unit == UnitSpec("number", decimals=2)
    assert book.inputs["age"].words["es"] == "años"
    assert book.enums["sex"]["male"] == {"en": "male", "es": "hombre"}
    assert "economic_activity_code" not in book.inputs


def test_tables_from_the_file_and_from_beside_it_are_the_same(small_pack: PackFolder) -> None:
    small_pack.write("parameters/inside.yaml", TABLE)
    inside = load_pack(small_pack.root).rulebook.tables["scale"].versions[0].rows
    (small_pack.root / "parameters/inside.yaml").unlink()
    small_pack.write("parameters/beside.yaml", FILE_TABLE).write("parameters/scale.csv", ROWS)
    assert load_pack(small_pack.root).rulebook.tables["scale"].versions[0].rows == inside
    assert inside[0] == ("<= 2", "female", Decimal("0.05"), "male")
    assert inside[3] == ("any", "male", Decimal("0.08"), None)


def test_shipped_packs_load() -> None:
    assert {"AR", "CR"} <= set(available_packs())
    for code in available_packs():
        assert load_pack(code).country == code
        assert load_pack(code.lower()).country == code


# What is changed in which file, and the code, line and key of the problem that follows.
WRONG: list[tuple[str, str, str, str, str | None]] = [
    (SCHEME, "id: uy.example", "id: uy.other", "pack.scheme_id", "id"),
    (SCHEME, "institution: institution", "institution: institutoin", "pack.unknown_institution", "institution"),
    (SCHEME, "{variable: pension_insured", "{variable: pension_insurd", "pack.unknown_variable", "contributions.1"),
    (SCHEME, "source: [MK]", "source: [MKK]", "pack.unknown_source", "conditions.is_employee.source"),
    (SCHEME, "type: money/month", "type: {enum: sexx}", "pack.unknown_enum", "variables.pension_insured.type"),
    (SCHEME, "  pension_insured:", "  is_employee:", "pack.name_twice", "variables.is_employee"),
    (SCHEME, "  pension_insured:", "  eligible:", "pack.name_twice", "variables.eligible"),
    (SCHEME, "benefits: []", "benefits: []\ninputs: {sexx: {ordinary: male}}", "pack.unknown_input", "inputs.sexx"),
    (SCHEME, "conditions:", "condition:", "pack.unknown_key", "condition"),
    (SCHEME, "payer: insured", "payer: insurd", "pack.not_in_list", "contributions.1.payer"),
    (FIGURES, VALUE, '{value: "0.05", source: [MK]', "pack.wrong_figure", f"{RATE}.values.2026-01-01.value"),
    (FIGURES, "unit: rate", "unit: integer", "pack.wrong_figure", f"{RATE}.values.2026-01-01.value"),
    (FIGURES, "unit: rate", "unit: rates", "pack.bad_unit", f"{RATE}.unit"),
    (FIGURES, "2026-01-01: {", "2026-13-01: {", "pack.bad_value", f"{RATE}.values"),
    (FIGURES, "contribution_rate_insured:", "age:", "pack.name_twice", "parameters.age"),
    (PACK, "  monthly_earnings: {", "  monthly_earnigns: {", "pack.input_without_prefix", "inputs.monthly_earnigns"),
    (PACK, "monthly_earnings: {", "monthly_earnings: {type: rate, ", "pack.input_redefined", "inputs.monthly_earnings"),
    (PACK, "{minimum: 0, ", "{minimum: 99999999999, ", "pack.bounds", "inputs.monthly_earnings"),
    (PACK, "inputs:  ", "enums: {sex: {other: {en: x, es: x}}}\ninputs:  ", "pack.enum_redefined", "enums.sex.other"),
    (PACK, "inputs:  ", "inputs:\n  sex: {values: [femal]}\n", "pack.not_in_list", "inputs.sex.values"),
    (PACK, "inputs:  ", "inputs:\n  uy_x: {enum: colours}\n", "pack.unknown_enum", "inputs.uy_x.enum"),
    (PACK, "inputs:  ", "inputs:\n  uy_x: {words: {en: x, es: x}}\n", "pack.missing_key", "inputs.uy_x"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "code", "key"), WRONG, ids=[f"{row[3]}-{row[4]}" for row in WRONG])
def test_a_problem_is_named_with_its_place(
    small_pack: PackFolder, name: str, old: str, new: str, code: str, key: str | None
) -> None:
    small_pack.change(name, old, new)
    found = [problem for problem in small_pack.problems() if problem.code == code]
    assert key in [problem.location.key for problem in found if problem.location is not None]
    problem = next(one for one in found if one.location is not None and one.location.key == key)
    assert problem.exit_code == 11
    assert problem.location is not None
    assert problem.location.path == f"{small_pack.root}/{name}"
    assert problem.location.line is not None
    line = (small_pack.root / name).read_text(encoding="utf-8").splitlines()[problem.location.line - 1]
    assert (key or "").rpartition(".")[2] in line or new.strip() in line


def test_a_parameter_is_not_named_like_a_scheme(small_pack: PackFolder) -> None:
    small_pack.change(FIGURES, "contribution_rate_insured:", "example:")
    assert "pack.name_twice" in small_pack.codes()


WRONG_TABLES: list[tuple[str, str, str]] = [
    ('["any", male, 0.08, null]', '["any", male, 0.08]', "pack.row_width"),
    ('["any", male, 0.08, null]', "[any, null, 0.08, male]", "pack.bad_key"),
    ('["any", male, 0.08, null]', "[4, male, 0.08, male]", "pack.bad_band"),
    ('["any", male, 0.08, null]', '["any", man, 0.08, male]', "pack.not_in_list"),
    ('["any", male, 0.08, null]', '["any", male, high, male]', "pack.wrong_figure"),
    ("words: {en: scale", "otherwise: {rate: 0.01}\n    words: {en: scale", "pack.missing_key"),
    ("words: {en: scale", "otherwise: {rat: 0.01, rate: 0, level: male}\n    words: {en: scale", "pack.unknown_column"),
]


@pytest.mark.parametrize(("old", "new", "code"), WRONG_TABLES, ids=[row[2] for row in WRONG_TABLES])
def test_wrong_tables(small_pack: PackFolder, old: str, new: str, code: str) -> None:
    assert old in TABLE
    small_pack.write("parameters/table.yaml", TABLE.replace(old, new))
    assert small_pack.codes() == [code]


WRONG_ROWS: list[tuple[str, str, str, int]] = [
    ("income,sex", "income,gender", "pack.table_header", 1),
    ("any,female,0.07,male", "any,female,0.07", "pack.row_width", 4),
    ("any,female,0.07,male", "any,femal,0.07,male", "pack.not_in_list", 4),
    ("any,female,0.07,male", "any,female,2026-02-30,male", "pack.bad_value", 4),
    ("any,female,0.07,male", "any,female,seven,male", "pack.wrong_figure", 4),
    ("any,female,0.07,male", ",female,0.07,male", "pack.bad_band", 4),
]


@pytest.mark.parametrize(("old", "new", "code", "line"), WRONG_ROWS, ids=[f"{row[2]}-{row[1]}" for row in WRONG_ROWS])
def test_wrong_rows_beside_the_file(small_pack: PackFolder, old: str, new: str, code: str, line: int) -> None:
    small_pack.write("parameters/beside.yaml", FILE_TABLE).write("parameters/scale.csv", ROWS.replace(old, new))
    (problem,) = small_pack.problems()
    assert problem.code == code
    assert problem.location is not None
    assert (problem.location.path, problem.location.line) == (f"{small_pack.root}/parameters/scale.csv", line)


@pytest.mark.parametrize("named", ["../secret.csv", "/etc/passwd", "sub/../../x.csv", "..\\x.csv"])
def test_a_pack_reads_nothing_outside_its_folder(small_pack: PackFolder, named: str) -> None:
    (small_pack.root.parent / "secret.csv").write_text(ROWS)
    small_pack.write("parameters/beside.yaml", FILE_TABLE.replace("scale.csv", f"'{named}'"))
    assert small_pack.codes() == ["pack.path_escapes"]


def test_a_symbolic_link_is_refused(small_pack: PackFolder) -> None:
    (small_pack.root.parent / "secret.yaml").write_text("variables: {}")
    (small_pack.root / "variables").mkdir()
    (small_pack.root / "variables" / "x.yaml").symlink_to(small_pack.root.parent / "secret.yaml")
    assert small_pack.codes() == ["pack.path_escapes"]


def test_a_file_that_is_not_there_is_suggested(small_pack: PackFolder) -> None:
    small_pack.write("parameters/beside.yaml", FILE_TABLE.replace("scale.csv", "scales.csv"))
    small_pack.write("parameters/scale.csv", ROWS)
    (problem,) = small_pack.problems()
    assert (problem.code, problem.action) == ("pack.file_missing", "write `scale.csv`")


def test_all_problems_are_raised_together(small_pack: PackFolder) -> None:
    small_pack.change(SCHEME, "payer: insured", "payer: me").change(FIGURES, "unit: rate", "unit: percent")
    small_pack.change(PACK, "currency: UYU", "currency: pesos")
    assert sorted(small_pack.codes()) == ["pack.bad_text", "pack.bad_unit", "pack.not_in_list"]


def test_a_pack_without_sources_is_refused(small_pack: PackFolder) -> None:
    (small_pack.root / "sources.yaml").unlink()
    assert small_pack.codes() == ["pack.file_missing"]


def test_two_files_cannot_define_one_name(small_pack: PackFolder) -> None:
    text = (small_pack.root / FIGURES).read_text(encoding="utf-8")
    small_pack.write("parameters/again.yaml", text)
    assert small_pack.codes() == ["pack.name_twice"]


def test_an_exception_overrides_one_that_exists(small_pack: PackFolder) -> None:
    small_pack.change(
        SCHEME,
        "    type: money/month",
        "    exceptions:\n      low: {when: age < 20, formula: 0, overrides: [hihg]}\n"
        "      high: {when: age > 60, formula: 0}\n    type: money/month",
    )
    (problem,) = small_pack.problems()
    assert (problem.code, problem.action) == ("pack.unknown_exception", "write `high`")


def test_no_code_in_a_pack_is_run(small_pack: PackFolder) -> None:
    small_pack.write("schemes/evil.py", "raise SystemExit(1)").write("__init__.py", "raise SystemExit(1)")
    small_pack.change(
        SCHEME, "formula: employment_status", 'formula: __import__("os").system("false") or employment_status'
    )
    with pytest.raises(AyniError) as caught:
        _ = load_pack(small_pack.root).program
    assert caught.value.code.startswith("rule.")


@pytest.mark.parametrize(
    ("given", "code", "exit_code", "action"),
    [
        ("xx", "pack.unknown_country", 10, "ayni pack new XX"),
        ("cx", "pack.unknown_country", 10, "CR"),
        ("no/such", "pack.not_found", 10, "ayni pack new"),
    ],
)
def test_a_pack_that_is_not_there(given: str, code: str, exit_code: int, action: str) -> None:
    with pytest.raises(AyniError) as caught:
        find_pack(given)
    assert (caught.value.code, caught.value.exit_code) == (code, exit_code)
    assert action in (caught.value.action or "") + (caught.value.expected or "")


def test_too_many_files_are_refused(
    small_pack: PackFolder, monkeypatch: pytest.MonkeyPatch, make_cases: Callable[..., Path]
) -> None:
    monkeypatch.setattr("ayni.packs.files.MOST_FILES", 3)
    assert small_pack.codes() == ["pack.too_large"]
