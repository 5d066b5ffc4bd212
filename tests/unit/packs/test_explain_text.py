"""Explanations in words: short enough to read, in the reader's language, with all that a jurist asks of a line."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ayni.core.errors import AyniError
from ayni.packs.explain_text import LINES_MAX, as_document, explanation_text
from ayni.packs.explain_words import WORDS_FILE
from ayni.packs.model import Pack
from ayni.packs.yaml_reader import read_yaml
from ayni.rules.explained import Explained
from tests.unit.rules.persons import ON, everybody, pack

SNAPSHOTS = Path(__file__).parent / "explained"
CONTRIBUTIONS = [
    *(
        (country, scheme.column(contribution.variable))
        for country in ("cr", "ar")
        for scheme in pack(country).schemes.values()
        for contribution in scheme.contributions
    ),
    ("ar", "monotributo.total_insured_monthly"),
    ("ar", "monotributo.total_with_adherents_insured"),
    ("cr", "ccss_independent.total_insured"),
]
# Short names of months, and a verb, that are English words too.
ALIKE = {"mar", "may", "ago", "son"}
GROWER: dict[str, Any] = {"employment_status": "own_account_worker", "monthly_net_income": Decimal("500000.00")}
TRADER: dict[str, Any] = {
    "employment_status": "own_account_worker",
    "activity_type": "services",
    "turnover_last_12_months": Decimal("9000000.00"),
    "ar_contributes_in_other_scheme": False,
    "is_pensioner": False,
    "age": 36,
}


@pytest.mark.parametrize(("country", "output"), dict.fromkeys(CONTRIBUTIONS), ids=str)
def test_a_contribution_fits_on_a_page(country: str, output: str) -> None:
    those = everybody(country)
    for row in those.rows():
        explained = pack(country).explain(those.table, output, on=ON, row=row, history=those.history)
        for language in ("en", "es"):
            text = explanation_text(pack(country), explained, language)
            assert len(text.splitlines()) <= LINES_MAX, text


def catalogue_entries(tree: Any, path: tuple[str, ...] = ()) -> list[tuple[str, Any]]:
    if any(isinstance(value, str) for value in tree.values()):
        return [(".".join(path), dict(tree))]
    return [entry for key, value in tree.items() for entry in catalogue_entries(value, (*path, str(key)))]


def test_every_phrase_is_in_both_languages_with_the_same_blanks() -> None:
    for name, texts in catalogue_entries(read_yaml(WORDS_FILE, WORDS_FILE.name)):
        assert set(texts) == {"en", "es"}, name
        blanks = {language: sorted(re.findall(r"\{\d\}", text)) for language, text in texts.items()}
        assert blanks["en"] == blanks["es"], name


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[a-záéíóúüñ]{3,}", text.lower()))


def english_words(country: Pack) -> set[str]:
    """Words that the pack or the catalogue uses in English and nowhere in Spanish."""
    book = country.rulebook
    texts = [text for _, text in catalogue_entries(read_yaml(WORDS_FILE, WORDS_FILE.name))]
    for definitions in (book.variables, book.parameters, book.tables, book.inputs, book.history):
        texts += [definition.words for definition in definitions.values()]  # type: ignore[attr-defined]
    texts += [words for enum in book.enums.values() for words in enum.values()]
    texts += [condition.remedy for scheme in country.schemes.values() for condition in scheme.conditions.values()]
    english, spanish = (set().union(*(words_of(text.get(key, "")) for text in texts)) for key in ("en", "es"))
    return english - spanish - ALIKE


def without_citations(text: str, explained: Explained) -> str:
    """The text without what stays as it is in any language: formulas, names, articles, titles of sources, versions."""
    steps = list(explained.step.walk())
    formulas = {f"= {' '.join(step.formula.split())}" for step in steps if step.formula}
    for cited in sorted(formulas | {step.article for step in steps if step.article}, key=len, reverse=True):
        text = text.replace(cited, " ")
    text = re.sub(r"= [^\n]*?…", " ", text)
    text = re.sub(r"\([a-z0-9_.]+\)", " ", text)
    return "\n".join(line for line in text.splitlines() if not re.match(r"[A-Z]{1,2}\d*: ", line))


@pytest.mark.parametrize("country", ["cr", "ar"])
def test_spanish_is_spanish(country: str) -> None:
    """No English word gets through, over outputs of every kind; what is cited stays as it was written."""
    those, foreign = everybody(country), english_words(pack(country))
    assert {"the", "undecided", "household"} <= foreign
    for place, output in enumerate(pack(country).program.variables):
        for row in those.rows()[place % 8 :: 8]:
            explained = pack(country).explain(those.table, output, on=ON, row=row, history=those.history)
            plain = without_citations(explanation_text(pack(country), explained, "es"), explained)
            assert not words_of(plain) & foreign, plain


EXAMPLES = {
    "cr_health_contribution.en": ("cr", GROWER, "ccss_independent.sem_insured", "en"),
    "cr_health_contribution.es": ("cr", GROWER, "ccss_independent.sem_insured", "es"),
    "ar_total_payment.en": ("ar", TRADER, "monotributo.total_insured_monthly", "en"),
    "ar_undecided.es": ("ar", {"activity_type": "goods"}, "monotributo.total_insured_monthly", "es"),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_read_as_they_did(name: str) -> None:
    """What two contributions say to the letter, but for the version of the pack. Changed on purpose? Write it anew:
    the message shows the text.
    """
    country, facts, output, language = EXAMPLES[name]
    text = explanation_text(pack(country), pack(country).explain(facts, output, on=ON), language)
    text = text.replace(pack(country).version, "VERSION").replace("\u00a0", " ")
    assert text == (SNAPSHOTS / f"{name}.txt").read_text("utf-8"), text


def test_what_was_handed_in_is_said_to_be() -> None:
    explained = pack("cr").explain(GROWER | {"age": 40}, "is_dependant", on=ON)
    text = explanation_text(pack("cr"), explained, "en")
    assert "age (age): 40 years, given in place of the rule" in text
    assert "status in employment (employment_status): independent worker, given" in text


def test_an_unconfirmed_figure_is_said_to_be() -> None:
    explained = pack("cr").explain({"age": 17, "employment_status": "inactive"}, "is_dependant", on=ON)
    text = explanation_text(pack("cr"), explained, "es")
    assert "[MK; sin confirmar]" in text
    assert "Sin confirmar: familiar dependiente; " in text
    assert "Aún no revisado por una persona jurista." in text


def test_undecided_results_say_what_is_missing() -> None:
    text = explanation_text(pack("ar"), pack("ar").explain({}, "monotributo.total_insured_monthly", on=ON), "en")
    assert text.startswith("Monthly payment of the insured (total_insured_monthly): undecided")
    assert "Not known, and it can still matter: " in text
    assert "It can be enough to know: receipts of the last twelve months (turnover_last_12_months)." in text


def test_a_rule_that_does_not_exist_yet_says_when_it_begins() -> None:
    explained = pack("cr").explain({}, "ccss_independent.may_start_with_health_insurance_only", on=date(2018, 9, 30))
    assert "no rule in the pack for this day; the first begins on Oct 1, 2018" in explanation_text(
        pack("cr"), explained
    )


def test_an_unmet_condition_says_what_to_do() -> None:
    explained = pack("cr").explain({"employment_status": "employee"}, "ccss_independent.eligible", on=ON)
    assert "\nWhat to do: Report the activity truthfully;" in explanation_text(pack("cr"), explained, "en")


def test_what_was_left_out_is_counted() -> None:
    explained = pack("cr").explain(GROWER, "ccss_independent.sem_insured", on=ON)
    text = explanation_text(pack("cr"), explained, "en", lines=9)
    assert len(text.splitlines()) <= 9
    assert "… and " in text


def test_a_language_that_the_pack_lacks() -> None:
    explained = pack("cr").explain(GROWER, "ccss_independent.sem_insured", on=ON)
    with pytest.raises(AyniError) as refused:
        explanation_text(pack("cr"), explained, "de")
    assert (refused.value.code, refused.value.expected) == ("pack.unknown_language", "en or es")


def test_the_document_says_with_what_it_was_computed() -> None:
    explained = pack("cr").explain(GROWER, "ccss_independent.sem_insured", on=ON, known_on=date(2026, 2, 1))
    document = as_document(pack("cr"), explained)
    assert json.loads(json.dumps(document)) == document
    assert {key: document[key] for key in ("output", "country", "value", "decided", "on", "known_on", "engine")} == {
        "output": "ccss_independent.sem_insured",
        "country": "CR",
        "value": "21650.00",
        "decided": True,
        "on": "2026-03-01",
        "known_on": "2026-02-01",
        "engine": "reference",
    }
    assert document["unit"] == {"type": "money", "scale": 2, "currency": "CRC", "period": "month"}
    assert document["pack"] == pack("cr").version
    assert document["sources"]["S6"]["url"].startswith("https://")
    root = document["explanation"]
    assert [child["name"] for child in root["children"]][:2] == [
        "ccss_independent.sem_base_monthly",
        "ccss_independent.contribution_category",
    ]
    assert root["rounding"] == [{"mode": "half_up", "step": "0.01"}]
    assert root["children"][0]["asides"][0]["name"] == "independent_base_share"
