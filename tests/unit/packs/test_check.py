"""Checking a pack: each thing that can be wrong, doubtful or unfinished, and how grave it is."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from ayni.packs.check import Finding, Severity, check_folder, check_pack
from ayni.packs.files import available_packs
from ayni.packs.loader import load_pack
from tests.unit.packs.conftest import TODAY, PackFolder

SCHEME = "schemes/example.yaml"
IDENTIFIER = "identifiers: {x: {words: {en: x, es: x}, stdnum: uy.nope}} "
FIGURES = "parameters/figures.yaml"


def found(pack: PackFolder, today: date = TODAY) -> list[Finding]:
    return check_folder(pack.root, today)


def codes(pack: PackFolder, severity: Severity, today: date = TODAY) -> list[str]:
    return [finding.code for finding in found(pack, today) if finding.severity is severity]


def test_the_skeleton_has_no_errors_and_says_what_is_unconfirmed(small_pack: PackFolder) -> None:
    counts = Counter((finding.severity, finding.code) for finding in found(small_pack))
    assert counts == {(Severity.INFO, "pack.not_checked"): 1, (Severity.INFO, "pack.unconfirmed"): 3}


@pytest.mark.parametrize("code", available_packs())
def test_shipped_packs_have_no_errors(code: str) -> None:
    findings = check_pack(load_pack(code), date(2026, 11, 25))
    assert [str(finding) for finding in findings if finding.severity is Severity.ERROR] == []


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (FIGURES, "source: [MK], ", "", "pack.no_source"),
        (SCHEME, "    barrier: legal\n    source: [MK]\n", "    barrier: legal\n", "pack.no_source"),
        (SCHEME, "half_up)\n    source: [MK]\n", "half_up)\n", "pack.no_source"),
        (SCHEME, 'identidad."}, source: [MK], ', 'identidad."}, ', "pack.no_source"),
        (SCHEME, ', es: "Personas asalariadas"', "", "pack.translation_missing"),
        (SCHEME, ', es: "No es persona asalariada."', "", "pack.translation_missing"),
        (SCHEME, ', es: "Documento de identidad."', "", "pack.translation_missing"),
        (FIGURES, ', es: "tasa de cotización de la persona asegurada"', "", "pack.translation_missing"),
        ("pack.yaml", "languages: [en, es]", "languages: [en, es, qu]", "pack.translation_missing"),
        (SCHEME, "until: null", "until: 2026-01-01", "pack.scheme_dates"),
        (FIGURES, "reviewed: 2026-06-01", "reviewed: 2028-01-01", "pack.review_order"),
        (SCHEME, "branches: [old_age]\nnot", "branches: [sickness]\nnot", "pack.branch_not_covered"),
        ("pack.yaml", "identifiers: {} ", IDENTIFIER, "pack.unknown_stdnum"),
        ("cases/cases.csv", "pension_insured,50", "is_employee,true", "pack.case_missing"),
        ("cases/cases.csv", "eligible,true", "is_employee,true", "pack.case_missing"),
        ("cases/cases.csv", "id,country", "id,land", "cases.column_missing"),
        (SCHEME, "monthly_earnings *", "monthly_earnigns *", "rule.unknown_name"),
        (SCHEME, "monthly_earnings *", "monthly_earnings * monthly_earnings *", "rule.type"),
        (SCHEME, "payer: insured", "payer: nobody", "pack.not_in_list"),
    ],
)  # fmt: skip
def test_errors(small_pack: PackFolder, name: str, old: str, new: str, code: str) -> None:
    small_pack.change(name, old, new)
    found_codes = codes(small_pack, Severity.ERROR)
    assert code in found_codes or (code.startswith("rule.") and any(one.startswith("rule.") for one in found_codes))


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (SCHEME, '    unmet: {en: "Is not an employee.", es: "No es persona asalariada."}\n', "", "pack.no_reason"),
        (SCHEME, "in_force: 2026-01-01", "in_force: 2020-01-01", "pack.date_gap"),
    ],
)
def test_warnings(small_pack: PackFolder, name: str, old: str, new: str, code: str) -> None:
    small_pack.change(name, old, new)
    assert codes(small_pack, Severity.WARNING) == [code]
    assert codes(small_pack, Severity.ERROR) == []


def test_a_review_that_is_due_is_a_warning(small_pack: PackFolder) -> None:
    assert codes(small_pack, Severity.WARNING, date(2027, 1, 15)) == []
    assert codes(small_pack, Severity.WARNING, date(2027, 1, 16)) == ["pack.review_due"]


def test_a_gap_says_from_when_until_when(small_pack: PackFolder) -> None:
    small_pack.change(SCHEME, "in_force: 2026-01-01", "in_force: 2020-01-01")
    (gap,) = [finding for finding in found(small_pack) if finding.code == "pack.date_gap"]
    assert gap.title == "uy.example needs `contribution_rate_insured` from 2020-01-01 until 2026-01-01"
    assert gap.location is not None
    assert gap.location.path.endswith(FIGURES)


def test_a_rule_that_begins_late_is_named(small_pack: PackFolder) -> None:
    small_pack.change(SCHEME, "    formula: round_to(", "    formulas:\n      2026-03-01: round_to(")
    (gap,) = [finding for finding in found(small_pack) if finding.code == "pack.date_gap"]
    assert gap.title == "uy.example needs `example.pension_insured` from 2026-01-01 until 2026-03-01"


def test_a_figure_that_the_pack_states_as_unknown_is_a_note(small_pack: PackFolder) -> None:
    small_pack.change(
        FIGURES, "    values:\n", "    values:\n      2026-05-01: {value: null, source: [MK], confidence: low}\n"
    )
    small_pack.change(FIGURES, "example, not law", "x")
    assert "pack.figure_unknown" in codes(small_pack, Severity.INFO)
    assert codes(small_pack, Severity.WARNING) == []


def test_what_does_not_belong_in_a_pack(small_pack: PackFolder) -> None:
    small_pack.write("schemes/helper.py", "").write("notes.txt", "x").write("parameters/README.md", "x")
    assert codes(small_pack, Severity.ERROR) == ["pack.unexpected_file"]
    assert codes(small_pack, Severity.WARNING) == ["pack.unexpected_file"]


def test_a_yaml_case_counts_as_a_case(small_pack: PackFolder) -> None:
    (small_pack.root / "cases/cases.csv").unlink()
    assert codes(small_pack, Severity.ERROR) == ["pack.case_missing"] * 2
    small_pack.write(
        "cases/cases.yaml",
        "cases:\n  - name: An employee pays five percent.\n    date: 2026-03-01\n    why: x\n"
        "    persons: {ana: {employment_status: employee, monthly_earnings: 1000}}\n"
        "    expect: {ana: {example.eligible: true, example.pension_insured: 50}}\n",
    )
    assert codes(small_pack, Severity.ERROR) == []


def test_a_jurist_who_checked_a_figure_is_counted(small_pack: PackFolder) -> None:
    small_pack.change(FIGURES, "    checked_by: null", "    checked_by: Ana Rojas")
    (note,) = [finding for finding in found(small_pack) if finding.code == "pack.not_checked"]
    assert note.title == "2 of 3 figures and rules are not yet checked by a jurist"
    small_pack.change("pack.yaml", "checked_by: null", "checked_by: Ana Rojas")
    assert "pack.not_checked" not in codes(small_pack, Severity.INFO)


def test_a_finding_as_words_and_as_json(small_pack: PackFolder) -> None:
    small_pack.change(SCHEME, "payer: insured", "payer: insurd")
    (finding,) = found(small_pack)
    place = f"{small_pack.root}/schemes/example.yaml:30 (contributions.1.payer)"
    assert str(finding).splitlines() == [
        f"error: {place}: The value is not one of those allowed",
        '  found: the text "insurd"',
        "  expected: insured, employer, state or unit",
        "  do: write `insured`",
        "  code: pack.not_in_list",
    ]
    assert finding.as_dict()["severity"] == "error"
