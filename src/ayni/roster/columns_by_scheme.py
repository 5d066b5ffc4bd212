"""The long table of decisions taken apart again: one column of one scheme, a value a person, in the roster's order."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ayni.roster.questions import SchemeQuestion
from ayni.roster.screen import Screening


@dataclass(frozen=True, eq=False)
class ByScheme:
    """Columns of `Screening.decisions` by scheme. The table has a row for each person and scheme, in that order."""

    screening: Screening

    def column(self, question: SchemeQuestion, name: str) -> pl.Series:
        schemes = self.screening.questions.schemes
        place = next(place for place, known in enumerate(schemes) if known is question)
        return self.screening.decisions[name].gather_every(len(schemes), place)

    def decision_is(self, question: SchemeQuestion, decision: str) -> pl.Series:
        return self.column(question, "decision") == decision

    @property
    def protecting(self) -> tuple[SchemeQuestion, ...]:
        """The schemes that protect; charges are left out."""
        return tuple(question for question in self.screening.questions.schemes if question.protects)

    def nobody(self) -> pl.Series:
        """False for everybody."""
        return pl.Series([False]).new_from_index(0, self.screening.persons.height)
