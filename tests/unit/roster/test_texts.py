"""Texts in both languages: the same keys, the same braces, numbers and dates as each language writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ayni.core.errors import AyniError, ExitCode
from ayni.roster.texts import Texts, language_of, languages, refusal
from ayni.roster.yaml_text import read_package_yaml

ENGLISH, SPANISH = Texts("en", "CR", "CRC", 2), Texts("es", "AR", "ARS", 2)


def leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def test_every_language_has_every_text_with_the_same_braces() -> None:
    known = {language: dict(leaves(read_package_yaml(f"locale/{language}.yaml"))) for language in languages()}
    assert set(known) == {"en", "es"}
    english = known.pop("en")
    for language, texts in known.items():
        assert texts.keys() == english.keys(), language
        for key, text in texts.items():
            if not key.endswith(".one") and not key.startswith("formats."):
                assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[key])), (language, key)


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    assert (ENGLISH.number(1_234_567), SPANISH.number(1_234_567)) == ("1,234,567", "1.234.567")
    assert (ENGLISH.money(123_456_789), SPANISH.money(123_456_789)) == ("1,234,567.89", "1.234.567,89")
    assert ENGLISH.money(150, whole=True) == "2"
    assert ENGLISH.money(-5) == "-0.05"
    assert Texts("en", "PY", "PYG", 0).money(1_500) == "1,500"


def test_amounts_of_any_size_are_exact() -> None:
    assert ENGLISH.money(9_007_199_254_740_993_01) == "9,007,199,254,740,993.01"


def test_percents_say_no_more_than_the_group_bears() -> None:
    assert ENGLISH.percent(1, 3) == "33\u202f%"
    assert ENGLISH.percent(333, 1_000) == "33.3\u202f%"
    assert ENGLISH.percent(0, 0) == "–"
    assert SPANISH.percent_of(Decimal("0.0998")) == "10\u202f%"


def test_dates_are_written_in_full() -> None:
    assert ENGLISH.date(date(2026, 3, 1)) == "1 March 2026"
    assert SPANISH.date(date(2026, 3, 1)) == "1 de marzo de 2026"


def test_one_and_many() -> None:
    assert ENGLISH("words.people", count=1) == "1 person"
    assert ENGLISH("words.people", count=1_000) == "1,000 people"


def test_a_text_that_is_not_there_fails_at_once() -> None:
    with pytest.raises(KeyError):
        ENGLISH("words.no_such_word")
    assert not ENGLISH.has("words.no_such_word")


@pytest.mark.parametrize(
    ("wanted", "environment", "expected"),
    [
        ("es", {}, "es"),
        ("es-AR", {}, "es"),
        (None, {"LANG": "es_CR.UTF-8"}, "es"),
        (None, {"LC_ALL": "en_GB.UTF-8", "LANG": "es_CR.UTF-8"}, "en"),
        (None, {"LANG": "C.UTF-8"}, "en"),
        (None, {}, "en"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_is_asked_for_or_that_of_the_person(
    wanted: str | None, environment: dict[str, str], expected: str
) -> None:
    assert language_of(wanted, ("en", "es"), environment) == expected


def test_a_pack_of_another_language_first() -> None:
    assert language_of(None, ("es", "en"), {}) == "es"
    assert language_of(None, ("pt",), {}) == "en"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(AyniError) as caught:
        language_of("xx", ("en", "es"), {})
    assert (caught.value.code, caught.value.exit_code) == ("check.unknown_language", ExitCode.USAGE)


def test_refusals_say_all_four_things() -> None:
    for language in languages():
        for code in read_package_yaml(f"locale/{language}.yaml")["refusals"]:
            filled = dict.fromkeys(("country", "found", "first", "known", "read", "columns", "path", "reason"), "x")
            error = refusal(code, language, **filled)
            assert all((error.title, error.found, error.expected, error.action)), code
