"""A scheme as a page for a jurist: conditions, rules in words and as written, figures in force and before, sources.

Markdown, in one of the pack's languages. It says what the pack says, with who has checked it; nothing is computed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from ayni.core.errors import AyniError
from ayni.packs.model import Benefit, Item, Pack, Scheme, text_in
from ayni.packs.problems import corrected, one_of
from ayni.packs.wording import Figures, Reader, Words
from ayni.rules.definitions import (
    DatedValue,
    Evidence,
    ParameterDefinition,
    TableDefinition,
    TableVersion,
    Text,
    VariableDefinition,
)

TABLE_FUNCTIONS = ("lookup", "bracket", "marginal")
ROWS_SHOWN = 60
Dated = TypeVar("Dated", DatedValue, TableVersion)


def scheme_page(pack: Pack, short_name: str, on: date, language: str | None = None) -> str:
    """The page of a scheme for a day. Raises AyniError for a scheme or language that the pack does not have."""
    scheme = pack.schemes.get(short_name)
    if scheme is None:
        raise AyniError(
            "pack.unknown_scheme",
            f"The pack {pack.country} has no scheme {short_name}",
            found=short_name,
            expected=one_of(known.id for known in pack.schemes.values()),
            action=corrected(short_name, pack.schemes),
        )
    chosen = language or pack.languages[0]
    if chosen not in pack.languages:
        raise AyniError(
            "pack.unknown_language",
            f"The pack {pack.country} is not written in {chosen}",
            found=chosen,
            expected=one_of(pack.languages),
            action=f"write --language {pack.languages[0]}",
        )
    return _Page(pack, scheme, on, chosen).text()


class _Page:
    """One page, built section by section."""

    def __init__(self, pack: Pack, scheme: Scheme, on: date, language: str) -> None:
        self.pack = pack
        self.scheme = scheme
        self.on = on
        self.language = language
        self.say = Words(language)
        self.figures = Figures(pack, language)
        self.lines: list[str] = []
        self.sources: dict[str, None] = {}
        self.variables = self._needed_variables()
        self.parameters, self.tables, self.facts = self._needed_figures()

    def text(self) -> str:
        self._head()
        self._conditions()
        self._contributions()
        self._benefits()
        self._items("penalties", self.scheme.penalties)
        self._items("dependants", [item for item in (self.scheme.dependants,) if item is not None])
        self._items("documents", self.scheme.documents)
        self._items("steps_individual", self.scheme.steps.individual, numbered=True)
        self._items("steps_unit", self.scheme.steps.unit, numbered=True)
        self._items("unit_role", [item for item in (self.scheme.unit_role,) if item is not None])
        self._rules()
        self._figures_in_force()
        self._tables()
        self._history()
        self._facts()
        self._sources()
        return "\n".join(self.lines).rstrip() + "\n"

    # What belongs to the scheme

    def _needed_variables(self) -> list[VariableDefinition]:
        """The rules that an answer of the scheme needs, the scheme's own first, conditions left out."""
        scheme = self.scheme
        named: list[str | None] = [contribution.variable for contribution in scheme.contributions]
        for benefit in scheme.benefits:
            named += [benefit.qualifies, benefit.amount, benefit.duration]
        columns = [scheme.eligible, *(scheme.column(name) for name in named if name)]
        columns += [f"{scheme.short_name}.{name}" for name in scheme.own_variables]
        known = self.pack.rulebook.variables
        wanted = set(self.pack.program.closure(columns))
        own = [variable for variable in known.values() if variable.scheme == scheme.short_name]
        others = [v for name, v in known.items() if name in wanted and v.scheme != scheme.short_name]
        skipped = {*scheme.conditions, "eligible"}
        return [variable for variable in own if variable.name not in skipped] + others

    def _needed_figures(self) -> tuple[list[ParameterDefinition], list[TableDefinition], list[str]]:
        program, book = self.pack.program, self.pack.rulebook
        conditions = [f"{self.scheme.short_name}.{name}" for name in self.scheme.conditions]
        columns = [*conditions, *(variable.qualified_name for variable in self.variables)]
        names = {name for column in columns for name in program.variables[column].names}
        formulas = [text for column in columns for text in _formulas(book.variables[column])]
        tables = {name for text in formulas for name in _table_names(text)}
        # Inside a history, figures are named like columns; a name that is a parameter is one.
        names |= {name for text in formulas for name in _names(text) if name in book.parameters}
        return (
            [parameter for name, parameter in book.parameters.items() if name in names],
            [table for name, table in book.tables.items() if name in tables],
            sorted(name for name in names if name in program.inputs and name not in program.variables),
        )

    # Writing

    def _add(self, *lines: str) -> None:
        self.lines += lines

    def _section(self, key: str, *fill: str) -> None:
        self._add("", f"## {self.say(key, fill=fill)}", "")

    def _words(self, text: Text) -> str:
        return text_in(text, self.language)

    def _field(self, key: str, value: str | None) -> None:
        if value:
            self._add(f"- **{self.say(key)}:** {value}")

    def _evidence(self, evidence: Evidence) -> str:
        """`art. 63; S6; confidence: high` in brackets; the sources named are listed at the end."""
        self.sources |= dict.fromkeys(evidence.source)
        parts = [
            evidence.article or "",
            ", ".join(evidence.source),
            f"{self.say('confidence').lower()}: {self.say('confidences', evidence.confidence)}",
            self._checked(evidence.checked_by) if evidence.checked_by else "",
        ]
        text = "; ".join(part for part in parts if part)
        return f"[{text}]" + (f" {evidence.note}" if evidence.note else "")

    def _checked(self, name: str | None) -> str:
        return self.say("checked", fill=[name]) if name else self.say("not_checked")

    def _head(self) -> None:
        scheme, pack = self.scheme, self.pack
        self._add(f"# {self._words(scheme.name)} (`{scheme.id}`)", "")
        version = self.say("version", fill=[text_in(pack.name, self.language), pack.version, str(self.on)])
        self._add(f"{version} {self._checked(pack.checked_by)}", "")
        if scheme.until is not None and self.on >= scheme.until:
            self._add(f"**{self.say('ended', fill=[str(scheme.until)])}**", "")
        elif self.on < scheme.in_force:
            self._add(f"**{self.say('not_in_force', fill=[str(scheme.in_force)])}**", "")
        institution = pack.institutions.get(scheme.institution or "")
        self._field("for_whom", self._words(scheme.for_whom))
        if institution is not None:
            acronym = f" ({institution.acronym})" if institution.acronym else ""
            self._field("institution", text_in(institution.name, self.language) + acronym)
        self._field("kind", self.say("types", scheme.type))
        self._field("branches", ", ".join(self.say("branch", branch) for branch in scheme.branches))
        self._field("not_covered", self._words(scheme.not_covered))
        self._field("note", scheme.note)
        if scheme.legal_basis:
            self._section("legal_basis")
            for basis in scheme.legal_basis:
                articles = f", {self.say('article_word')} {basis.articles}" if basis.articles else ""
                year = f" ({basis.year})" if basis.year else ""
                self._add(f"- {basis.instrument}{articles}{year}")

    def _conditions(self) -> None:
        self._section("conditions")
        if not self.scheme.conditions:
            self._add(self.say("no_conditions"))
            return
        self._add(self.say("conditions_all"), "")
        for number, condition in enumerate(self.scheme.conditions.values(), 1):
            variable = self.pack.rulebook.variables[f"{self.scheme.short_name}.{condition.name}"]
            self._add(f"{number}. **{self._words(condition.words)}** {self._evidence(condition.evidence)}")
            self._formulas(variable, indent="   ")
            for key, text in (("unmet", condition.unmet), ("remedy", condition.remedy)):
                if text:
                    self._add(f"   - {self.say(key)}: {self._words(text)}")
            if condition.barrier:
                self._add(f"   - {self.say('barrier')}: {self.say('barriers', condition.barrier)}")

    def _contributions(self) -> None:
        if not self.scheme.contributions:
            return
        self._section("contributions")
        self._table_head("contribution", "payer", "instalment", "pays_for")
        for contribution in self.scheme.contributions:
            words = self._words(contribution.words) or self._variable_words(contribution.variable)
            branches = ", ".join(self.say("branch", branch) for branch in contribution.branches)
            payer, instalment = self.say("payers", contribution.payer), self.say("instalments", contribution.instalment)
            self._row(f"{words} (`{contribution.variable}`)", payer, instalment, branches)

    def _variable_words(self, named: str) -> str:
        return self.pack.words_of(self.scheme.column(named), self.language)

    def _table_head(self, *keys: str) -> None:
        self._row(*(self.say(key) for key in keys))
        self._row(*("---" for _ in keys))

    def _row(self, *cells: str) -> None:
        self._add("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")

    def _benefits(self) -> None:
        if not self.scheme.benefits:
            return
        self._section("benefits")
        for benefit in self.scheme.benefits:
            self._benefit(benefit)

    def _benefit(self, benefit: Benefit) -> None:
        kind = f" ({self.say('in_kind')})" if benefit.in_kind else ""
        branch = self.say("branch", benefit.branch)
        self._add(f"- **{branch}**{kind}: {self._words(benefit.words)} {self._evidence(benefit.evidence)}")
        parts = (("qualifies", benefit.qualifies), ("amount", benefit.amount), ("duration", benefit.duration))
        for key, named in parts:
            if named is not None:
                self._add(f"  - {self.say(key)}: {self._variable_words(named)} (`{named}`)")

    def _items(self, key: str, items: Sequence[Item], numbered: bool = False) -> None:
        if not items:
            return
        self._section(key)
        for number, item in enumerate(items, 1):
            mark = f"{number}." if numbered else "-"
            named = f" (`{item.variable}`)" if item.variable else ""
            functions = f" ({', '.join(name.replace('_', ' ') for name in item.functions)})" if item.functions else ""
            self._add(f"{mark} {self._words(item.words)}{named}{functions} {self._evidence(item.evidence)}")

    def _rules(self) -> None:
        if not self.variables:
            return
        self._section("rules")
        for variable in self.variables:
            own = variable.scheme == self.scheme.short_name
            name = variable.name if own else variable.qualified_name
            title = text_in(variable.words, self.language, name)
            self._add(f"### {title} (`{name}`)", "", self._evidence(variable.evidence), "")
            self._formulas(variable, indent="")
            self._add("")

    def _formulas(self, variable: VariableDefinition, indent: str) -> None:
        reader = Reader(self.pack, self.language, variable.scheme)
        for day, formula in variable.formulas:
            since = "" if day == date.min else f" ({self.say('from_day', fill=[str(day)])})"
            self._add(f"{indent}- {self.say('in_words')}{since}: {reader.read(formula)}")
            self._add(f"{indent}- {self.say('formula')}{since}: `{_one_line(formula)}`")
        for exception in variable.exceptions:
            title = self.say("exception", fill=[exception.label])
            when = self.say("exception_when", fill=[reader.read(exception.when)])
            before = self.say("overrides", fill=[one_of(exception.overrides)]) if exception.overrides else ""
            words = self._words(exception.words)
            parts = "; ".join(part for part in (words, when, exception.article or "", before) if part)
            self._add(f"{indent}- {title}: {parts}")
            self._add(f"{indent}  - {self.say('in_words')}: {reader.read(exception.formula)}")
            self._add(f"{indent}  - {self.say('formula')}: `{_one_line(exception.formula)}`")

    def _figures_in_force(self) -> None:
        if not self.parameters:
            return
        self._section("in_force", str(self.on))
        self._table_head("figure", "value", "since", "article", "source", "confidence", "checked_by")
        for parameter in self.parameters:
            words = f"{text_in(parameter.words, self.language)} (`{parameter.name}`)"
            value = _in_force(parameter.values, self.on)
            if value is None:
                self._row(words, self.say("none_in_force"), "", parameter.article or "", "", "", "")
                continue
            evidence = value.evidence
            self.sources |= dict.fromkeys(evidence.source)
            self._row(
                words,
                self.figures.figure(value.value, parameter.unit),
                str(value.valid_from),
                evidence.article or parameter.article or "",
                ", ".join(evidence.source),
                self.say("confidences", evidence.confidence),
                evidence.checked_by or self.say("nobody"),
            )

    def _tables(self) -> None:
        for table in self.tables:
            self._section("table", text_in(table.words, self.language))
            version = _in_force(table.versions, self.on)
            if version is None:
                self._add(self.say("none_in_force"))
                continue
            self.sources |= dict.fromkeys(version.evidence.source)
            confidence = self.say("confidences", version.evidence.confidence)
            sources = ", ".join(version.evidence.source)
            self._add(self.say("table_since", fill=[str(version.valid_from), sources, confidence]), "")
            self._table_rows(table, version)

    def _table_rows(self, table: TableDefinition, version: TableVersion) -> None:
        self._row(*(name.replace("_", " ") for name in (*(key.name for key in table.keys), *table.columns)))
        self._row(*("---" for _ in (*table.keys, *table.columns)))
        units = [key.unit for key in table.keys] + list(table.columns.values())
        bands = [key.band for key in table.keys] + [False] * len(table.columns)
        for row in version.rows[:ROWS_SHOWN]:
            self._row(
                *(
                    (self.say("any_band") if cell == "any" else str(cell)) if band else self.figures.figure(cell, unit)
                    for cell, unit, band in zip(row, units, bands, strict=True)
                )
            )
        if table.otherwise:
            empty = [""] * (len(table.keys) - 1)
            cells = [self.figures.figure(table.otherwise[name], unit) for name, unit in table.columns.items()]
            self._row(self.say("otherwise"), *empty, *cells)
        if len(version.rows) > ROWS_SHOWN:
            self._add("", self.say("table_rows", fill=[str(len(version.rows) - ROWS_SHOWN)]))

    def _history(self) -> None:
        changed = [parameter for parameter in self.parameters if len(parameter.values) > 1]
        if not changed:
            return
        self._section("history")
        for parameter in changed:
            self._add(f"- **{text_in(parameter.words, self.language)}** (`{parameter.name}`)")
            for value in reversed(parameter.values):
                figure = self.figures.figure(value.value, parameter.unit)
                self._add(f"  - {value.valid_from}: {figure} {self._evidence(value.evidence)}")

    def _facts(self) -> None:
        if self.facts:
            self._section("facts")
            for name in self.facts:
                self._add(f"- {self.pack.words_of(name, self.language)} (`{name}`)")

    def _sources(self) -> None:
        if self.sources:
            self._section("sources")
        for key in self.sources:
            source = self.pack.sources.get(key)
            if source is not None:
                details = ", ".join(part for part in (source.date or "", source.url or "") if part)
                self._add(f"- **{key}**: {source.title}" + (f" ({details})" if details else ""))
        if self.scheme.links:
            self._section("links")
            for link in self.scheme.links:
                self._add(f"- [{text_in(link.title, self.language)}]({link.url})")


def _in_force(versions: Iterable[Dated], on: date) -> Dated | None:
    """The version that stands on a day, if any."""
    current = [version for version in versions if version.valid_from <= on]
    return max(current, key=lambda version: version.valid_from, default=None)


def _one_line(formula: str) -> str:
    return " ".join(formula.split())


def _formulas(variable: VariableDefinition) -> list[str]:
    texts = [text for _, text in variable.formulas]
    return texts + [text for exception in variable.exceptions for text in (exception.when, exception.formula)]


def _names(formula: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(formula.strip(), mode="eval")) if isinstance(node, ast.Name)}


def _table_names(formula: str) -> set[str]:
    """The tables that a formula names: the first argument of lookup, bracket and marginal."""
    return {
        ast.unparse(node.args[0])
        for node in ast.walk(ast.parse(formula.strip(), mode="eval"))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in TABLE_FUNCTIONS and node.args
    }
