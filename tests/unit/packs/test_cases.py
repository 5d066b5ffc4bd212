"""The runner of cases: tables and YAML, ordinary states, exact comparison, and reasons instead of crashes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from ayni.core.errors import AyniError, AyniErrors
from ayni.packs.case_files import read_case_file, read_case_files
from ayni.packs.case_values import read_number
from ayni.packs.cases import CaseReport, Packs, run_cases, run_pack_cases
from ayni.packs.loader import load_pack
from tests.unit.packs.conftest import PackFolder

ENGINES = ("reference", "duckdb")
MakeCases = Callable[..., Path]
EMPLOYEE = '{"employment_status": "employee"}'
PAY = '{"monthly_earnings": "1000.00"}'
SCHEME = "schemes/example.yaml"
HISTORY = """  paid_months:
    words: {en: months paid, es: meses pagados}
    formula: history.count(contributed, last=12)
  household_pay:
    words: {en: pay of the household, es: ingreso del hogar}
    formula: household.sum(monthly_earnings)
"""


def run_small(pack: PackFolder, path: Path, engine: str = "reference") -> CaseReport:
    return run_cases([path], engine, packs=Packs({"UY": load_pack(pack.root)}))


def reason(pack: PackFolder, make_cases: MakeCases, *row: str, **options: str) -> str | None:
    """Why the one case of a table fails."""
    (failure,) = run_small(pack, make_cases(row, **options)).failed
    return failure.reason


@pytest.mark.parametrize("engine", ENGINES)
def test_a_table_passes_and_fails(small_pack: PackFolder, make_cases: MakeCases, engine: str) -> None:
    path = make_cases(
        ("UY", "uy.example", "2026-03-01", EMPLOYEE, "eligible", "true"),
        ("uy", "uy.example", "2026-03-01", PAY, "pension_insured", "50"),
        ("UY", "uy.example", "2026-03-01", '{"monthly_earnings": 1000.01}', "pension_insured", "50.00"),
        ("UY", "uy.example", "2026-03-01", '{"monthly_earnings": "1000.10"}', "pension_insured", "50.00"),
    )
    report = run_small(small_pack, path, engine)
    assert (report.total, report.passed) == (4, 3)
    assert report.as_dict() == {
        "total": 4,
        "passed": 3,
        "failed": [
            {
                "id": "table.csv:5",
                "scheme": "uy.example",
                "output": "pension_insured",
                "expected": "50.00",
                "got": "50.01",
            }
        ],
    }


@pytest.mark.parametrize(("tolerance", "passes"), [("", False), ("0.009", False), ("0.01", True), ("1", True)])
def test_tolerance_is_honoured(small_pack: PackFolder, make_cases: MakeCases, tolerance: str, passes: bool) -> None:
    path = make_cases(
        ("UY", "uy.example", "2026-03-01", PAY, "pension_insured", "50.01", tolerance, "x-1"),
        header="country,scheme,date,inputs,output,expected,tolerance,id",
    )
    report = run_small(small_pack, path)
    assert report.all_passed is passes
    assert [failure.id for failure in report.failed] == ([] if passes else ["x-1"])


DAY = ("UY", "uy.example", "2026-03-01")
REASONS = [
    (("XX", "xx.a", "2026-03-01", "{}", "eligible", "true"), "there is no pack for the country XX"),
    (("UY", "uy.exampel", "2026-03-01", "{}", "eligible", "true"), "there is no scheme exampel; did you mean example?"),
    (("UY", "cr.example", "2026-03-01", "{}", "eligible", "true"), "not one of the country UY"),
    ((*DAY, "{}", "eligibel", "true"), "there is no output eligibel; did you mean eligible?"),
    ((*DAY, '{"agee": 3}', "eligible", "true"), "there is no input agee; did you mean age?"),
    ((*DAY, '{"zzz": 3}', "eligible", "true"), "there is no input zzz"),
    (("UY", "uy.example", "2026-02-30", "{}", "eligible", "true"), "the date '2026-02-30' is not a day"),
    ((*DAY, "{", "eligible", "true"), "the inputs are not valid JSON"),
    ((*DAY, "[]", "eligible", "true"), "the inputs are not a JSON object"),
    ((*DAY, '{"age": NaN}', "eligible", "true"), "NaN, which is not a number"),
    ((*DAY, '{"age": 1, "age": 2}', "eligible", "true"), "the input age stands twice"),
    ((*DAY, "[" * 100_000, "eligible", "true"), "the inputs are"),
    ((*DAY, '{"age": 131}', "eligible", "true"), "age: 131 is above the highest value allowed, 130"),
    ((*DAY, '{"age": 2.5}', "eligible", "true"), "age: 2.5 has more than 0 decimals"),
    ((*DAY, '{"age": true}', "eligible", "true"), "age: True is not a number"),
    ((*DAY, '{"age": "old"}', "eligible", "true"), 'age: "old" is not a number'),
    ((*DAY, '{"monthly_earnings": "-1"}', "eligible", "true"), "below the lowest value allowed"),
    ((*DAY, '{"monthly_earnings": "1.005"}', "eligible", "true"), "more than 2 decimals"),
    ((*DAY, '{"sex": "man"}', "eligible", "true"), 'sex: "man" is not one of female or male'),
    ((*DAY, '{"is_student": 1}', "eligible", "true"), "is_student: 1 is not true or false"),
    ((*DAY, '{"birth_date": "1.2.90"}', "eligible", "true"), "is not a day"),
    ((*DAY, "{}", "eligible", "true"), "undecided; not known: employment_status"),
    (("UY", "uy.example", "2025-03-01", PAY, "pension_insured", "50"), "a figure that the pack does not have"),
    ((*DAY, PAY, "pension_insured", "fifty"), 'expected: "fifty" is not a number'),
    ((*DAY, EMPLOYEE, "eligible", "yes"), 'expected: "yes" is not true or false'),
    ((*DAY, EMPLOYEE, "eligible", ""), "nothing is expected"),
    ((*DAY, EMPLOYEE), "the row has 4 cells and the header 6"),
    (("", "", "", "", "", "1"), "the inputs are not valid JSON"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "words"), REASONS, ids=[words[:40] for _, words in REASONS])
def test_what_cannot_be_run_fails_with_a_reason(
    small_pack: PackFolder, make_cases: MakeCases, row: tuple[str, ...], words: str
) -> None:
    found = reason(small_pack, make_cases, *row)
    assert found is not None
    assert words in found


def test_a_wrong_tolerance_is_a_reason(small_pack: PackFolder, make_cases: MakeCases) -> None:
    header = "country,scheme,date,inputs,output,expected,tolerance"
    for tolerance in ("much", "-1", "NaN"):
        row = ("UY", "uy.example", "2026-03-01", PAY, "pension_insured", "50", tolerance)
        assert "the tolerance" in (reason(small_pack, make_cases, *row, header=header) or "")


def test_one_bad_row_does_not_stop_the_others(small_pack: PackFolder, make_cases: MakeCases) -> None:
    good = ("UY", "uy.example", "2026-03-01", EMPLOYEE, "eligible", "true")
    report = run_small(small_pack, make_cases(good, REASONS[5][0], good, REASONS[0][0], good))
    assert (report.total, report.passed) == (5, 3)
    assert [failure.id for failure in report.failed] == ["table.csv:3", "table.csv:5"]


def test_rules_that_stop_are_a_reason_of_their_row_alone(small_pack: PackFolder, make_cases: MakeCases) -> None:
    small_pack.change(
        SCHEME,
        "    type: money/month",
        "    exceptions:\n      young: {when: age < 40, formula: amount(1.00)}\n"
        "      female: {when: 'sex == \"female\"', formula: amount(2.00)}\n    type: money/month",
    )

    def row(age: int, sex: str, expected: str) -> tuple[str, ...]:
        inputs = f'{{"age": {age}, "sex": "{sex}", "monthly_earnings": "100"}}'
        return ("UY", "uy.example", "2026-03-01", inputs, "pension_insured", expected)

    rows = [row(50, "male", "5"), row(30, "female", "1"), row(30, "male", "1"), row(50, "female", "2")]
    report = run_small(small_pack, make_cases(*rows))
    (failure,) = report.failed
    assert failure.id == "table.csv:3"
    assert failure.reason is not None
    assert "Two exceptions of example.pension_insured apply at once: young and female" in failure.reason


def test_where_nearly_every_row_is_at_fault_not_every_row_is_tried_alone(
    small_pack: PackFolder, make_cases: MakeCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ayni.packs.cases.MOST_TRIALS", 3)
    both = "exceptions:\n      a: {when: age < 40, formula: amount(1)}\n      b: {when: age < 30, formula: amount(2)}"
    small_pack.change(SCHEME, "    type: money/month", f"    {both}\n    type: money/month")
    row = ("UY", "uy.example", "2026-03-01", '{"age": 20, "monthly_earnings": "100"}', "pension_insured", "5")
    report = run_small(small_pack, make_cases(*[row] * 9))
    assert (report.total, report.passed) == (9, 0)
    assert all("apply at once" in (failure.reason or "") for failure in report.failed)


def test_an_engine_that_is_not_there_is_no_failure_of_a_case(small_pack: PackFolder, make_cases: MakeCases) -> None:
    path = make_cases(("UY", "uy.example", "2026-03-01", EMPLOYEE, "eligible", "true"))
    with pytest.raises(AyniError) as caught:
        run_small(small_pack, path, "oracle")
    assert caught.value.code == "engine.unknown"


def test_ordinary_of_scheme_then_pack_then_vocabulary(small_pack: PackFolder, make_cases: MakeCases) -> None:
    row = ("UY", "uy.example", "2026-03-01", PAY, "pension_insured", "7")
    small_pack.change(
        SCHEME, "formula: round_to(", "formula: amount(7.00) if is_full_time and not is_student else round_to("
    )
    assert "not known: is_student" in (reason(small_pack, make_cases, *row) or "")
    small_pack.change("pack.yaml", "inputs:  ", "inputs:\n  is_student: {ordinary: false}\n")
    assert run_small(small_pack, make_cases(row)).all_passed
    small_pack.change("pack.yaml", "{ordinary: false}", "{ordinary: true}")
    assert not run_small(small_pack, make_cases(row)).all_passed
    small_pack.change(SCHEME, "benefits: []", "benefits: []\ninputs: {is_student: {ordinary: false}}")
    assert run_small(small_pack, make_cases(row)).all_passed


def test_what_is_given_is_never_replaced_by_the_ordinary(small_pack: PackFolder, make_cases: MakeCases) -> None:
    small_pack.change(SCHEME, "formula: round_to(", "formula: amount(7.00) if is_full_time else round_to(")
    part_time = '{"monthly_earnings": "1000", "is_full_time": false}'
    unknown = '{"monthly_earnings": "1000", "is_full_time": null}'
    path = make_cases(
        ("UY", "uy.example", "2026-03-01", part_time, "pension_insured", "50"),
        ("UY", "uy.example", "2026-03-01", unknown, "pension_insured", "50"),
    )
    (failure,) = run_small(small_pack, path).failed
    assert failure.reason == "undecided; not known: is_full_time"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_variable_can_be_given(small_pack: PackFolder, make_cases: MakeCases, engine: str) -> None:
    small_pack.write(
        "variables/age.yaml",
        "variables: {age: {words: {en: age, es: edad}, formula: 'age_on(birth_date, evaluation_date)'}}",
    )
    small_pack.change(SCHEME, "formula: employment_status ==", "formula: age >= 18 and employment_status ==")
    given = '{"age": 17, "birth_date": "1980-01-01", "employment_status": "employee"}'
    worked_out = '{"birth_date": "1980-01-01", "employment_status": "employee"}'
    path = make_cases(
        ("UY", "uy.example", "2026-03-01", given, "eligible", "false"),
        ("UY", "uy.example", "2026-03-01", worked_out, "eligible", "true"),
        ("UY", "uy.example", "2026-03-01", '{"is_employee": true, "age": 40}', "eligible", "true"),
        ("UY", "uy.example", "2026-03-01", '{"birth_date": "2008-03-01"}', "age", "18"),
    )
    assert run_small(small_pack, path, engine).failed == ()


YAML_CASES = """cases:
  - name: Paid months are counted in the last twelve.
    date: 2026-03-15
    why: January to December 2025 are in the window but for January and February.
    persons:
      ana:
        household_id: 1
        monthly_earnings: 1000
        history:
          from: 2020-01
          until: 2026-03
          months:
            - {from: 2025-01, until: 2025-05, contributed: true}
            - {from: 2026-02, contributed: true}
            - {from: 2026-01, contributed: false}
      luis: {household_id: 1, monthly_earnings: 500.50}
      eva: {monthly_earnings: 1}
    expect:
      ana: {example.paid_months: 3, example.household_pay: 1500.50, example.eligible: null}
      luis: {example.paid_months: null, example.household_pay: 1500.50}
      eva: {example.household_pay: 1, outside.pupils: null}
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_histories_and_households(small_pack: PackFolder, engine: str) -> None:
    small_pack.change("pack.yaml", "history: {} ", "history: {contributed: {type: boolean, words: {en: x, es: x}}} ")
    small_pack.change("pack.yaml", "outside: {} ", "outside: {pupils: {when: is_student, words: {en: x, es: x}}} ")
    small_pack.change(SCHEME, "variables:\n", f"variables:\n{HISTORY}")
    small_pack.write("cases/histories.yaml", YAML_CASES)
    report = run_pack_cases(load_pack(small_pack.root), engine)
    assert report.failed == ()
    assert report.total == 9
    small_pack.write("cases/histories.yaml", YAML_CASES.replace("paid_months: 3", "paid_months: 4"))
    (failure,) = run_pack_cases(load_pack(small_pack.root), engine).failed
    assert (failure.id, failure.got) == ("Paid months are counted in the last twelve. (ana)", "3")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("from: 2026-01, contributed", "from: 2025-04, contributed", "the month 2025-04 stands in two spans"),
        ("until: 2025-05", "until: 2027-05", "does not lie inside its history"),
        ("{from: 2026-01, contributed", "{contributed", "has no `from`"),
        ("from: 2020-01", "from: 2027-01", "ends before it begins"),
        ("contributed: false", "paid: false", "has no column paid; there is contributed"),
        ("contributed: false", "contributed: 3", "contributed of 2026-01: 3 is not true or false"),
        ("  eva: {example", "  iva: {example", "something is expected of iva"),
        ("outside.pupils: null", "outside.pupil: null", "did you mean"),
        ("luis: {household_id: 1, monthly", "luis: {household_id: 1, month", "monthly"),
    ],
)
def test_wrong_histories_are_reasons(small_pack: PackFolder, old: str, new: str, words: str) -> None:
    small_pack.change("pack.yaml", "history: {} ", "history: {contributed: {type: boolean, words: {en: x, es: x}}} ")
    small_pack.change("pack.yaml", "outside: {} ", "outside: {pupils: {when: is_student, words: {en: x, es: x}}} ")
    small_pack.change(SCHEME, "variables:\n", f"variables:\n{HISTORY}")
    assert old in YAML_CASES
    small_pack.write("cases/histories.yaml", YAML_CASES.replace(old, new))
    failures = run_pack_cases(load_pack(small_pack.root), "reference").failed
    assert failures
    assert any(words in (failure.reason or "") for failure in failures)


def test_a_result_that_should_be_undecided(small_pack: PackFolder) -> None:
    small_pack.write(
        "cases/undecided.yaml",
        "cases:\n  - {name: Nobody knows., date: 2026-03-01, why: x, persons: {a: {employment_status: employee}}, "
        "expect: {a: {example.eligible: null}}}\n",
    )
    (failure,) = run_pack_cases(load_pack(small_pack.root), "reference").failed
    assert (failure.expected, failure.got, failure.reason) == ("undecided", "true", "the result is decided")


ALONE = "cases: [{name: x, date: 2026-01-01, why: x, persons: {a: {}}, expect: {a: {b: 1}}}]"
WRONG_FILES = [
    ("absent.csv", None, "cases.file_missing"),
    ("cases.txt", "x", "cases.file_format"),
    ("empty.csv", "", "cases.file_empty"),
    ("header.csv", "country,scheme,date,inputs,output,expected\n", "cases.file_empty"),
    ("columns.csv", "country,scheme\nUY,uy.example\n", "cases.column_missing"),
    ("semicolon.csv", "country;scheme;date;inputs;output;expected\n", "cases.column_missing"),
    ("latin.csv", "país".encode("latin-1"), "cases.encoding"),
    ("wide.csv", "country,scheme,date,inputs,output,expected\n" + "x" * 300_000 + "\n", "cases.csv_syntax"),
    ("alone.yaml", ALONE, "cases.no_country"),
    ("wrong.yaml", "cases: []", "pack.too_few"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "code"), WRONG_FILES, ids=[row[0] for row in WRONG_FILES])
def test_files_that_are_not_cases(tmp_path: Path, name: str, content: str | bytes | None, code: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(AyniError) as caught:
        read_case_file(path)
    assert caught.value.code == code
    assert caught.value.exit_code == (11 if name == "wrong.yaml" else 10)
    assert caught.value.action


def test_all_files_are_looked_at_before_stopping(tmp_path: Path) -> None:
    with pytest.raises(AyniError, match=r"does not exist") as caught:
        read_case_files([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert isinstance(caught.value, AyniErrors)
    assert len(caught.value.errors) == 2


def test_a_folder_and_a_near_name(tmp_path: Path) -> None:
    (tmp_path / "cr.csv").write_text("x")
    with pytest.raises(AyniError) as folder:
        read_case_file(tmp_path)
    assert folder.value.action == f"write {tmp_path}/*.csv"
    with pytest.raises(AyniError) as near:
        read_case_file(tmp_path / "cr.cvs")
    assert near.value.action == f"write {tmp_path / 'cr.csv'}"


@pytest.mark.parametrize("text", ["1e400", "Infinity", "", "1,000", "0." + "1" * 60, "--1"])
def test_numbers_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        read_number(text)


def test_numbers_are_exact() -> None:
    assert read_number("0.10") == Decimal("0.1")
    assert read_number(12) == 12
