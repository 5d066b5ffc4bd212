"""Words for decisions: reasons, what to do, what is missing, which branches are opened.

Decisions come in few patterns. Each pattern is put into words once and then looked up, so that a million rows cost as
much talking as ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from ayni.packs.model import text_in
from ayni.roster.missing import Pattern
from ayni.roster.questions import SchemeQuestion
from ayni.roster.screen import Screening
from ayni.roster.texts import Texts
from ayni.rules.definitions import Text
from ayni.rules.plan import HISTORY, PACK_FIGURE

SEPARATOR = "; "


@dataclass(frozen=True, eq=False)
class Wording:
    """The words of one screening in one language. field_words: name of an input → its words by language."""

    screening: Screening
    texts: Texts
    field_words: Mapping[str, Text]

    def scheme_name(self, question: SchemeQuestion) -> str:
        return text_in(question.scheme.name, self.texts.language, question.name)

    def input_name(self, name: str) -> str:
        """What an input that is missing is called."""
        if name == PACK_FIGURE:
            return self.texts("missing.figure")
        if name == HISTORY:
            return self.texts("missing.history")
        words = self.field_words.get(name)
        return text_in(words, self.texts.language) if words else self.screening.pack.words_of(name, self.texts.language)

    def inputs(self, names: Iterable[str]) -> str:
        return SEPARATOR.join(self.input_name(name) for name in names)

    def branches(self, names: Iterable[str]) -> str:
        return self.texts.listed([self.texts(f"branch.{name}") for name in names])

    def reasons(self, question: SchemeQuestion, unmet: int) -> tuple[str, str]:
        """Why somebody cannot join, with the articles, and what to do about it."""
        language = self.texts.language
        reasons, remedies = [], []
        for place, condition in enumerate(question.scheme.conditions.values()):
            if unmet >> place & 1:
                words = text_in(condition.unmet or condition.words, language).rstrip(". ")
                article = condition.evidence.article
                reasons.append(f"{words} ({article})" if article else words)
                remedies.append(text_in(condition.remedy, language).rstrip(". "))
        return SEPARATOR.join(reasons), SEPARATOR.join(filter(None, dict.fromkeys(remedies)))

    def rights(self, question: SchemeQuestion, met: int) -> str:
        """Branches with a benefit whose conditions are met."""
        found = [item.benefit.branch for place, item in enumerate(question.benefits) if met >> place & 1]
        return self.branches(dict.fromkeys(found))

    def reason_table(self) -> pl.DataFrame:
        """scheme, unmet → reasons, remedy; for every pattern that occurs."""
        return self._by_scheme("unmet", self.reasons, ("reasons", "remedy"))

    def rights_table(self, column: str) -> pl.DataFrame:
        """scheme, rights (or rights_open) → branches in words."""
        return self._by_scheme(column, lambda q, bits: (self.rights(q, bits),), (f"{column}_words",))

    def _by_scheme(self, column: str, say: object, names: tuple[str, ...]) -> pl.DataFrame:
        assert callable(say)
        questions = {question.name: question for question in self.screening.questions.schemes}
        found = self.screening.decisions.select("scheme", column).unique(maintain_order=True)
        rows = [
            (scheme, bits, *say(questions[scheme], bits)) if bits else (scheme, bits, *("" for _ in names))
            for scheme, bits in found.iter_rows()
        ]
        schema = {"scheme": pl.String, column: pl.Int64, **dict.fromkeys(names, pl.String)}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def missing_table(self) -> pl.DataFrame:
        """pattern → what is missing, and the least that could settle it."""
        rows = [(pattern.key, self.inputs(pattern.names), self._deciding(pattern)) for pattern in self.patterns]
        return pl.DataFrame(
            rows, schema={"pattern": pl.UInt32, "missing": pl.String, "deciding": pl.String}, orient="row"
        )

    def _deciding(self, pattern: Pattern) -> str:
        return self.inputs(pattern.deciding)

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        return self.screening.missing.patterns

    def scheme_table(self) -> pl.DataFrame:
        """scheme → its name, the branches it opens, its documents and the first steps."""
        language = self.texts.language
        rows = []
        for question in self.screening.questions.schemes:
            scheme = question.scheme
            documents = SEPARATOR.join(text_in(item.words, language).rstrip(". ") for item in scheme.documents)
            steps = scheme.steps.individual
            ways = SEPARATOR.join(text_in(item.words, language).rstrip(". ") for item in steps)
            rows.append((question.name, self.scheme_name(question), self.branches(question.branches), documents, ways))
        names = ("scheme", "scheme_name", "branches", "documents", "steps")
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
