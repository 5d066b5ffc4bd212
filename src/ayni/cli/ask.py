"""The few questions that `ayni check` asks a person at a terminal; a flag or a line of the mapping answers each too."""

from __future__ import annotations

import re

import typer

from ayni.core.errors import AyniError
from ayni.roster.dates import DateOrder
from ayni.roster.mapping import Mapping
from ayni.roster.prepare import Prepared
from ayni.roster.texts import Texts

# How the refusal `roster.several_sheets` names the sheets, with their rows.
_SHEET = re.compile(r"«(.+?)» \(\d+\)")


def chosen(question: str, answers: list[str], texts: Texts) -> int:
    """The place of the answer that the person chose."""
    typer.echo(question, err=True)
    for number, answer in enumerate(answers, start=1):
        typer.echo(f"  {number}. {answer}", err=True)
    while True:
        picked: int = typer.prompt(texts("ask.choose"), type=int, err=True)
        if 1 <= picked <= len(answers):
            return picked - 1


def sheet_among(error: AyniError, texts: Texts) -> str:
    """Which of several sheets holds the persons. Raises the refusal again where it names none."""
    names = _SHEET.findall(error.found or "")
    if not names:
        raise error
    found: str = names[chosen(texts("ask.sheet"), names, texts)]
    return found


def answered_dates(prepared: Prepared, texts: Texts) -> Mapping | None:
    """The mapping with the order of day and month for each column that does not show it; None where none has to be
    asked for."""
    mapping, has_asked = prepared.mapping, False
    for problem in prepared.problems:
        if problem.code == "roster.date_ambiguous" and problem.field is not None:
            question = texts("ask.date_order", column=problem.column, value=problem.value)
            place = chosen(question, [texts("ask.day_first"), texts("ask.month_first")], texts)
            mapping = mapping.with_changes(problem.field, date_order=(DateOrder.DMY, DateOrder.MDY)[place])
            has_asked = True
    return mapping if has_asked else None
