"""What the steps of an explanation are called and how their values are written, in one of the pack's languages.

Words come from the pack and from `explain_words.yaml`; numbers, money and dates are written by Babel. Identifiers,
formulas, articles and titles of sources stay as they are, in any language.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from ayni.packs.model import Pack, text_in
from ayni.packs.wording import Figures
from ayni.packs.yaml_reader import read_yaml
from ayni.rules.definitions import Scalar, TableDefinition, UnitSpec
from ayni.rules.explained import ExplainedStep, Rounding, StepKind
from ayni.rules.plan import HISTORY, PACK_FIGURE
from ayni.rules.tables import read_edge
from ayni.rules.types import Kind, Type

WORDS_FILE = Path(__file__).parent / "explain_words.yaml"
OTHERWISE, ANY = "otherwise", "any"


@lru_cache(maxsize=1)
def _catalogue() -> Any:
    return read_yaml(WORDS_FILE, WORDS_FILE.name)


class Phrases:
    """The words of the catalogue in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, *keys: str, fill: Sequence[str] = ()) -> str:
        node = _catalogue()
        for key in keys:
            node = node[key]
        text = text_in(node, self.language)
        for position, value in enumerate(fill):
            text = text.replace(f"{{{position}}}", value)
        return text


class StepWords:
    """Names and values of steps, for a reader of a language."""

    def __init__(self, pack: Pack, language: str) -> None:
        self.pack = pack
        self.book = pack.rulebook
        self.language = language
        self.say = Phrases(language)
        self.figures = Figures(pack, language)

    # ── Values

    def value(self, step: ExplainedStep) -> str:
        """The value with its unit, or what stands in its place."""
        if step.varies:
            return self.say("each_month")
        if step.value is None:
            return self._absent(step)
        return self.written(step.value, step.type, self._unit(step))

    def written(self, value: Scalar, kind: Type, unit: UnitSpec | None = None) -> str:
        """A value of a type; the unit says what a number counts."""
        if isinstance(value, date):
            return self.month(value) if kind.kind is Kind.MONTH else self.day(value)
        if isinstance(value, Decimal) and kind.kind is Kind.NUMBER:
            value = Decimal(f"{value.normalize():f}")
        enum = unit.enum if unit is not None and unit.enum else kind.name
        return self.figures.figure(value, unit_of_type(kind, enum) if unit is None else unit)

    def day(self, day: date, form: str = "medium") -> str:
        from babel.dates import format_date

        return str(format_date(day, form, locale=self.figures.locale))

    def month(self, day: date) -> str:
        from babel.dates import format_date

        return str(format_date(day, "MMM y", locale=self.figures.locale))

    def number(self, value: int | Decimal) -> str:
        return self.figures.number(value)

    def _absent(self, step: ExplainedStep) -> str:
        match step.kind:
            case StepKind.INPUT:
                return self.say("unknown_input")
            case StepKind.PARAMETER | StepKind.TABLE:
                return self.say("no_figure")
            case StepKind.VARIABLE if step.formula is None and step.since is not None:
                return self.say("no_rule", fill=[self.day(step.since)])
        return self.say("undecided")

    def _unit(self, step: ExplainedStep) -> UnitSpec | None:
        match step.kind:
            case StepKind.VARIABLE | StepKind.GIVEN:
                return self.book.variables[step.name].unit
            case StepKind.INPUT:
                known = self.book.inputs.get(step.name)
                return None if known is None else known.unit
            case StepKind.PARAMETER:
                return self.book.parameters[step.name].unit
            case StepKind.TABLE:
                return self._unit_of_cell(step)
        return None

    def _unit_of_cell(self, step: ExplainedStep) -> UnitSpec | None:
        """The unit of a table's column; of a slice, that of the column of rates where there is only one."""
        table_name, _, column = step.name.partition(".")
        columns = self.book.tables[table_name].columns
        if column:
            return columns[column]
        rates = [unit for unit in columns.values() if unit.kind == "rate"]
        return rates[0] if len(rates) == 1 else None

    # ── Names

    def name(self, step: ExplainedStep, scheme: str) -> str:
        """What a step is, with the name that formulas call it by."""
        match step.kind:
            case StepKind.HISTORY:
                return self._history(step)
            case StepKind.HOUSEHOLD:
                return self.say("household", step.name.partition(".")[2])
            case StepKind.MEMBER:
                return self.say("person", fill=[step.name])
            case StepKind.INPUT if step.name not in self.book.inputs:
                return self.say("day_asked")
        short = step.name.removeprefix(f"{scheme}.") if scheme else step.name
        words = text_in(step.words, self.language)
        return f"{words} ({short})" if words else short

    def named(self, name: str) -> str:
        """The words of something that is missing, with its name."""
        if name == PACK_FIGURE:
            return self.say("pack_figure")
        if name == HISTORY:
            return self.say("history_missing")
        return f"{self.pack.words_of(name, self.language)} ({name})"

    def _history(self, step: ExplainedStep) -> str:
        assert step.window is not None
        words = [text_in(self.book.history[name].words, self.language, name) for name in step.window.columns]
        return self.say(
            "history", step.name.partition(".")[2], fill=[", ".join(words) or self.say("records_of_months")]
        )

    # ── What stands beside a value

    def details(self, step: ExplainedStep) -> list[str]:
        """What a value goes with: given by whom, since when, from which months, of how many persons."""
        match step.kind:
            case StepKind.GIVEN:
                return [self.say("given_for_rule")]
            case StepKind.INPUT if step.value is not None and step.name in self.book.inputs:
                return [self.say("given")]
            case StepKind.PARAMETER | StepKind.TABLE:
                return [self.say("since", fill=[self.day(step.since)])] if step.since is not None else []
            case StepKind.HISTORY:
                return self._window(step)
            case StepKind.HOUSEHOLD if step.members is not None:
                one = step.members == 1
                return [self.say("one_person" if one else "persons", fill=[self.number(step.members)])]
        return []

    def _window(self, step: ExplainedStep) -> list[str]:
        window = step.window
        assert window is not None
        if window.since is None or window.until is None:
            return [self.say("no_history")]
        final = _month_before(window.until)
        single = final <= window.since
        found = [
            self.month(window.since)
            if single
            else self.say("window", fill=[self.month(window.since), self.month(final)])
        ]
        if step.name.endswith("_best") and window.number is not None:
            found.append(self.say("best", fill=[self.number(window.number)]))
        if window.records is not None and window.counted is not None:
            found.append(self.say("counted", fill=[self.number(window.counted), self.number(window.records)]))
        return found

    def row(self, step: ExplainedStep) -> str | None:
        """The row of a table that was used; of no interest where it holds no figure."""
        if step.row is None or step.value is None:
            return None
        table = self.book.tables[step.name.partition(".")[0]]
        return self.say("row", fill=["; ".join(self._cells(table, step.row))])

    def _cells(self, table: TableDefinition, row: Sequence[Scalar]) -> list[str]:
        if row == (OTHERWISE,):
            return [self.figures.words("otherwise")]
        cells = []
        for key, cell in zip(table.keys, row, strict=True):
            if not key.band:
                cells.append(self.figures.figure(cell, key.unit))
            elif (edge := read_edge(cell)).at is None:
                cells.append(self.figures.words("any_band"))
            else:
                cells.append(f"{'<=' if edge.inclusive else '<'} {self.number(edge.at)}")
        return cells

    def rounding(self, step: ExplainedStep, rounding: Rounding) -> str:
        note = (step.evidence.note or "").lower() if step.evidence else ""
        key = "rounding_assumed" if "rounding" in note and "assumed" in note else "rounding"
        return self.say(key, fill=[self.number(rounding.step), self.say("modes", rounding.mode)])


def unit_of_type(kind: Type, enum: str | None = None) -> UnitSpec:
    """The unit of a value that declares none: what its type says."""
    if kind.kind is Kind.MONEY:
        return UnitSpec("money", None if kind.period == "*" else kind.period)
    names = {Kind.BOOLEAN: "boolean", Kind.DATE: "date", Kind.MONTH: "month", Kind.ENUM: "enum"}
    return UnitSpec(names.get(kind.kind, "number" if kind.scale else "integer"), enum=enum)


def _month_before(day: date) -> date:
    return date(day.year - (day.month == 1), 12 if day.month == 1 else day.month - 1, 1)
