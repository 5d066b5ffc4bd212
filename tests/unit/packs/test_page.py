"""The page of a scheme for a jurist: formulas in words, figures as the country writes them, all with their source."""

from __future__ import annotations

import ast
from datetime import date
from decimal import Decimal

import pytest

from ayni.core.errors import AyniError
from ayni.packs.files import available_packs
from ayni.packs.loader import load_pack
from ayni.packs.page import scheme_page
from ayni.packs.wording import WORDS_FILE, Figures, Reader, Words
from ayni.packs.yaml_reader import read_yaml
from ayni.rules.definitions import UnitSpec
from tests.unit.packs.conftest import PackFolder

DAY = date(2026, 3, 1)
PACKS = {code: load_pack(code) for code in available_packs()}
CR = PACKS["CR"]
EVERY_SCHEME = [
    (code, scheme, language) for code, pack in PACKS.items() for scheme in pack.schemes for language in pack.languages
]


@pytest.mark.parametrize(("code", "scheme", "language"), EVERY_SCHEME)
def test_every_scheme_has_a_page(code: str, scheme: str, language: str) -> None:
    pack = PACKS[code]
    page = scheme_page(pack, scheme, DAY, language)
    assert f"(`{pack.schemes[scheme].id}`)" in page.splitlines()[0]
    assert pack.schemes[scheme].for_whom[language] in page
    for condition in pack.schemes[scheme].conditions.values():
        assert condition.words[language] in page
    for contribution in pack.schemes[scheme].contributions:
        assert f"(`{contribution.variable}`)" in page
    assert "{0}" not in page
    assert "| None" not in page


def test_a_page_says_what_stands_and_who_has_not_checked_it() -> None:
    page = scheme_page(CR, "ccss_independent", DAY, "en")
    assert "Not yet checked by a jurist." in page
    assert "CRC 346,789.00 a month | 2026-01-01" in page
    assert f"version {CR.version}. Rules as of 2026-03-01." in page
    assert "- **S6**: " in page
    spanish = scheme_page(CR, "ccss_independent", DAY, "es")
    assert "Aún no revisado por una persona jurista." in spanish
    assert "CRC 346\xa0789,00 por mes | 2026-01-01" in spanish


def test_a_page_before_and_after_the_scheme(small_pack: PackFolder) -> None:
    small_pack.change("schemes/example.yaml", "until: null", "until: 2027-01-01")
    pack = load_pack(small_pack.root)
    assert "it begins on 2026-01-01" in scheme_page(pack, "example", date(2025, 1, 1))
    assert "no value for this day" in scheme_page(pack, "example", date(2025, 1, 1))
    assert "no longer exists since 2027-01-01" in scheme_page(pack, "example", date(2027, 1, 1))


@pytest.mark.parametrize(
    ("scheme", "language", "code", "action"),
    [
        ("ccss_independant", "en", "pack.unknown_scheme", "write `ccss_independent`"),
        ("ccss_independent", "fr", "pack.unknown_language", "write --language en"),
    ],
)
def test_what_a_pack_does_not_have(scheme: str, language: str, code: str, action: str) -> None:
    with pytest.raises(AyniError) as caught:
        scheme_page(CR, scheme, DAY, language)
    assert (caught.value.code, caught.value.action) == (code, action)


EITHER = "(age in completed years is above 1 and age in completed years is at least 2) or is a student"
HALVES = (
    "(the whole part of number of members of the cooperative or group divided by 2), "
    "if (the remainder of number of members of the cooperative or group divided by 2) is 0; otherwise minus 1"
)


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("max(monthly_earnings, 5)", "the larger of gross monthly pay and 5"),
        ("min(age, 5, 7)", "the smaller of age in completed years, 5 and 7"),
        ("clip(age, 1, 2)", "age in completed years, at least 1 and at most 2"),
        ("round_to(age * 0.05, 0.01, half_up)",
         "(age in completed years times 0.05), rounded to 0.01 (halves upwards)"),
        ('round_to(age, 1, "down")', "age in completed years, rounded to 1 (downwards)"),
        ("age + 1 - 2", "(age in completed years plus 1) minus 2"),
        ("members_count // 2 if members_count % 2 == 0 else -1", HALVES),
        ("18 <= age < 65", "18 is at most age in completed years and age in completed years is below 65"),
        ("age > 1 and age >= 2 or is_student", EITHER),
        ("not is_student", "it is not so that is a student"),
        ('sex == "female"', "sex is “female”"),
        ('sex in ("female", "male")', "sex is one of “female” or “male”"),
        ('sex not in ("female",)', "sex is none of “female”"),
        ("amount(100.00)", "UYU 100.00"),
        ("date(2026, 1, 1)", "2026-01-01"),
        ("known(age)", "age in completed years is known"),
        ("first_known(age, 3)", "the first that is known of age in completed years and 3"),
        ("age_on(birth_date, evaluation_date)", "the age, born on date of birth, on the day asked"),
        ("household.count(is_student)", "the number of persons in the household for whom is a student"),
        ("household.sum(age, where=is_student)",
         "the sum in the household of age in completed years, where is a student"),
        ("to_annual(monthly_earnings)", "gross monthly pay over a year"),
        ('per(monthly_earnings, "month")', "gross monthly pay"),
        ("True", "yes"),
        ("unheard_of(age)", "unheard_of(age in completed years)"),
        ("age +", "age +"),
    ],
)  # fmt: skip
def test_formulas_in_words(small_pack: PackFolder, formula: str, words: str) -> None:
    pack = load_pack(small_pack.root)
    reader = Reader(pack, "en", None)
    assert reader.read(formula) == words


def test_formulas_of_a_history_in_words() -> None:
    reader = Reader(CR, "en", None)
    assert reader.read("history.count(contributed, last=12)") == (
        "the number of months in which contribution paid for the month, in the last 12 months"
    )
    assert reader.read("history.mean_best(contribution_base, 240, last=300)").endswith(", in the last 300 months")


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_every_formula_of_the_packs_can_be_read(language: str) -> None:
    for pack in PACKS.values():
        for variable in pack.rulebook.variables.values():
            reader = Reader(pack, language, variable.scheme)
            for _, formula in variable.formulas:
                assert reader.read(formula)
                ast.parse(formula.strip(), mode="eval")


def test_figures_as_the_country_writes_them() -> None:
    spanish, english = Figures(CR, "es"), Figures(CR, "en")
    money = UnitSpec("money", "month")
    assert english.figure(Decimal("346789"), money) == "CRC 346,789.00 a month"
    assert english.figure(Decimal("0.0433"), UnitSpec("rate")) == "4.33 %"
    assert spanish.figure(Decimal("0.0433"), UnitSpec("rate")) == "4,33 %"
    assert english.figure(Decimal("1"), UnitSpec("rate")) == "100 %"
    assert english.figure(12, UnitSpec("integer", label="months")) == "12 months"
    assert english.figure(None, money) == "unknown"
    assert spanish.figure(True, UnitSpec("boolean")) == "sí"
    assert english.figure(date(2026, 1, 1), UnitSpec("date")) == "2026-01-01"
    assert spanish.figure("female", UnitSpec("enum", enum="sex")).startswith("mujer")
    assert Figures(CR, "xx").number(1234) == "1,234"


def test_the_words_of_the_page_are_in_both_languages() -> None:
    def leaves(node: dict[str, object]) -> list[dict[str, object]]:
        if set(node) <= {"en", "es", "fr"}:
            return [node]
        return [leaf for part in node.values() if isinstance(part, dict) for leaf in leaves(part)]

    for leaf in leaves(read_yaml(WORDS_FILE)):
        assert set(leaf) == {"en", "es"}
    assert Words("fr")("for_whom") == "For whom"
