"""What a loaded pack holds: schemes with their words, sources, institutions, and the rulebook for the kernel.

All are frozen and mirror the YAML. Texts are mappings language → words. `Pack` hands evaluation to the kernel, which it
imports only then, so that reading a pack needs no engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ayni.core.errors import Location
from ayni.core.progress import Progress
from ayni.rules.definitions import Evidence, Rulebook, Scalar, Text

if TYPE_CHECKING:
    from ayni.rules.explain import Explainer
    from ayni.rules.explained import Explained
    from ayni.rules.program import Program
    from ayni.rules.result import Result

# The pseudo scheme that holds the groups for which a pack has no rules.
OUTSIDE = "outside"


def text_in(text: Text, language: str, default: str = "") -> str:
    """The words in a language, else in English, else in any; `default` when there are none."""
    return text.get(language) or text.get("en") or next(iter(text.values()), default)


@dataclass(frozen=True)
class Source:
    """A publication. `date` is text, because often only the month or year is known."""

    key: str
    title: str
    url: str | None = None
    date: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Institution:
    """Who runs a scheme."""

    key: str
    name: Text
    acronym: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Identifier:
    """How an identity number is checked: by a module of python-stdnum, or by a pattern."""

    key: str
    words: Text
    stdnum: str | None = None
    pattern: str | None = None


@dataclass(frozen=True)
class OutsideGroup:
    """People for whom the pack has no rules at all: `outside.<key>` is true for them. They are never "not covered"."""

    key: str
    when: str
    words: Text
    evidence: Evidence = field(default_factory=Evidence)

    @property
    def variable(self) -> str:
        return f"{OUTSIDE}.{self.key}"


@dataclass(frozen=True)
class Condition:
    """One condition of a scheme; its truth is the variable `<scheme>.<name>`. `unmet` and `remedy` are for the
    person.
    """

    name: str
    words: Text
    unmet: Text = field(default_factory=dict)
    remedy: Text = field(default_factory=dict)
    barrier: str | None = None
    evidence: Evidence = field(default_factory=Evidence)
    location: Location | None = None


@dataclass(frozen=True)
class Contribution:
    """An elementary amount: `payer` is insured, employer, state or unit; `instalment` says how often it is due."""

    variable: str
    payer: str
    instalment: str
    branches: tuple[str, ...] = ()
    words: Text = field(default_factory=dict)
    location: Location | None = None


@dataclass(frozen=True)
class Benefit:
    """What a scheme gives in a branch. `qualifies`, `amount` and `duration` name variables, or nothing."""

    branch: str
    words: Text
    in_kind: bool = False
    qualifies: str | None = None
    amount: str | None = None
    duration: str | None = None
    evidence: Evidence = field(default_factory=Evidence)
    location: Location | None = None


@dataclass(frozen=True)
class Item:
    """A sentence with its evidence: a document, a step, a penalty, who is covered as a dependant."""

    words: Text
    evidence: Evidence = field(default_factory=Evidence)
    variable: str | None = None
    functions: tuple[str, ...] = ()
    location: Location | None = None


@dataclass(frozen=True)
class Steps:
    """How to register: alone, and through a unit."""

    individual: tuple[Item, ...] = ()
    unit: tuple[Item, ...] = ()


@dataclass(frozen=True)
class LegalBasis:
    """A law, with the articles that matter."""

    instrument: str
    articles: str | None = None
    year: int | None = None
    note: str | None = None


@dataclass(frozen=True)
class Link:
    """A page with more."""

    title: Text
    url: str


@dataclass(frozen=True)
class Scheme:
    """One scheme. `in_force` is the first day for which the pack has rules; `until` the first on which it is gone."""

    id: str
    short_name: str
    name: Text
    for_whom: Text
    type: str
    branches: tuple[str, ...]
    in_force: date
    until: date | None = None
    institution: str | None = None
    not_covered: Text = field(default_factory=dict)
    legal_basis: tuple[LegalBasis, ...] = ()
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    contributions: tuple[Contribution, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    penalties: tuple[Item, ...] = ()
    dependants: Item | None = None
    documents: tuple[Item, ...] = ()
    steps: Steps = field(default_factory=Steps)
    unit_role: Item | None = None
    links: tuple[Link, ...] = ()
    ordinary: Mapping[str, Scalar] = field(default_factory=dict)
    note: str | None = None
    own_variables: frozenset[str] = frozenset()
    location: Location | None = None

    def column(self, variable: str) -> str:
        """The result column of a variable that this scheme names: its own by `<scheme>.<name>`, others as written."""
        return f"{self.short_name}.{variable}" if variable in self.own_variables else variable

    @property
    def eligible(self) -> str:
        """The result column that says whether a person may join: true, false or undecided."""
        return f"{self.short_name}.eligible"

    def exists_on(self, day: date) -> bool:
        """True where the pack has rules of the scheme for that day."""
        return self.in_force <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Review:
    """When a parameter or table was last looked at, and by when it is to be looked at again."""

    reviewed: date | None = None
    next_review: date | None = None
    note: str | None = None


@dataclass(frozen=True)
class Pack:
    """The rules of a country. `version` is the pack's own, with a part of `content_hash`: the same text, the same
    rules.
    """

    country: str
    name: Text
    version: str
    content_hash: str
    currency: str
    currency_decimals: int
    languages: tuple[str, ...]
    folder: Path
    rulebook: Rulebook
    schemes: Mapping[str, Scheme]
    sources: Mapping[str, Source] = field(default_factory=dict)
    institutions: Mapping[str, Institution] = field(default_factory=dict)
    identifiers: Mapping[str, Identifier] = field(default_factory=dict)
    outside: Mapping[str, OutsideGroup] = field(default_factory=dict)
    reviews: Mapping[str, Review] = field(default_factory=dict)
    output_words: Mapping[str, Text] = field(default_factory=dict)
    case_files: tuple[Path, ...] = ()
    checked_by: str | None = None
    note: str | None = None

    @cached_property
    def program(self) -> Program:
        """The typed rules, built on first use. Raises AyniErrors for rules that cannot be typed, bounded or ordered."""
        from ayni.rules.program import build_program

        return build_program(self.rulebook)

    def evaluate(
        self,
        table: Any,
        *,
        on: date | str,
        engine: str = "duckdb",
        outputs: Sequence[str] | None = None,
        known_on: date | None = None,
        masks: bool = True,
        history: Any = None,
        progress: Progress | None = None,
        **options: Any,
    ) -> Result:
        """Run the rules on a table: Arrow, Polars, a DuckDB relation or a Parquet path; see `ayni.rules.evaluate`.

        on: a day for all rows, or the name of a date column. outputs: result columns; None is all of them.
        """
        from ayni.rules.evaluate import evaluate

        if progress is not None:
            options["progress"] = progress
        return evaluate(
            self.program,
            table,
            on=on,
            engine=engine,
            outputs=outputs,
            known_on=known_on,
            masks=masks,
            history=history,
            **options,
        )

    @cached_property
    def explainer(self) -> Explainer:
        """Explains outputs, and keeps what it prepares from one person to the next."""
        from ayni.rules.explain import Explainer

        return Explainer(self.program)

    def explain(
        self,
        table: Any,
        output: str,
        *,
        on: date,
        row: int = 0,
        known_on: date | None = None,
        history: Any = None,
        engine: Any = "reference",
    ) -> Explained:
        """Why `output` is what it is for one person: a mapping of names to values, or the row (from 0) of a table.

        See `ayni.rules.explain`; `ayni.packs.explain_text` puts it into words.
        """
        return self.explainer.explain(table, output, on=on, row=row, known_on=known_on, history=history, engine=engine)

    def words_of(self, variable: str, language: str) -> str:
        """The words of a variable, parameter or input by its (qualified) name, in a language."""
        book = self.rulebook
        for known in (book.variables, book.parameters, book.tables, book.inputs):
            definition = known.get(variable)
            if definition is not None and definition.words:
                return text_in(definition.words, language)
        return variable.rpartition(".")[2].replace("_", " ")
