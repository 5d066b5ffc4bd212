"""What a section of the report is made of: tables of cells, with the definition under each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ayni.packs.model import text_in
from ayni.roster.prepare import Prepared
from ayni.roster.screen import Screening
from ayni.roster.summary import Summary
from ayni.roster.texts import Texts
from ayni.roster.wording import Wording
from ayni.rules.definitions import Text

# Tables of so many rows are not cut by the end of a page.
SHORT_ROWS = 5


class Kind(StrEnum):
    """How a column is set."""

    TEXT = "text"
    NUMBER = "number"
    BAR = "bar"


@dataclass(frozen=True)
class Cell:
    """One cell: its text, a quieter note beside or below it, a drawing before it, a mark (†) behind it.

    colour: of a small square before the text, where the row explains a colour of the drawing above it.
    """

    text: str
    note: str = ""
    drawing: str = ""
    mark: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Column:
    head: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Table:
    """caption: what the table is. The first cell of a row names the row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def shape(self) -> str:
        """A class of the style sheet: `narrow` fits a telephone as it is."""
        return "narrow" if len(self.columns) == 2 and self.columns[1].kind is Kind.NUMBER else ""


@dataclass(frozen=True)
class LegendItem:
    """A colour (a class of the style sheet) and what it stands for."""

    colour: str
    label: str


@dataclass(frozen=True)
class Block:
    """A part of a section, in this order: heading, paragraphs, drawing with its legend, table, notes, definition."""

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    drawing: str = ""
    legend: tuple[LegendItem, ...] = ()
    table: Table | None = None
    notes: tuple[str, ...] = ()
    definition: tuple[str, ...] = ()

    @property
    def is_short(self) -> bool:
        """Whether it stays together on paper."""
        return self.table is None or len(self.table.rows) <= SHORT_ROWS


@dataclass(frozen=True)
class Section:
    """A section with its anchor."""

    anchor: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, eq=False)
class Maker:
    """What every section is made from."""

    summary: Summary
    prepared: Prepared
    screening: Screening
    texts: Texts
    wording: Wording = field(repr=False)

    def say(self, text: Text, default: str = "") -> str:
        """Words of a pack, in the reader's language."""
        return text_in(text, self.texts.language, default)

    def people_and_part(self, part: int, whole: int) -> Cell:
        """A number of people with its part of the whole."""
        return Cell(self.texts.number(part), self.texts.percent(part, whole) if part else "")

    @property
    def source(self) -> str:
        """Under every figure: with which law and program it was made."""
        made = self.summary.provenance
        return self.texts(
            "report.provenance",
            date=self.texts.date(made.on),
            country=made.country,
            version=made.pack_version,
            ayni=made.ayni_version,
        )

    def definition(self, *keys: str, whole: int | None = None) -> tuple[str, ...]:
        """The definition under a figure: what it counts, out of how many, and with which law."""
        texts = self.texts
        lines = [f"{texts('report.definition')}: {' '.join(texts(key) for key in keys)}"]
        if whole is not None:
            of = texts("report.people_of_roster", count=whole)
            lines.append(f"{texts('report.out_of')[:1].upper()}{texts('report.out_of')[1:]}: {of}.")
        return (*lines, f"{self.source}.")


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def row_numbers(texts: Texts, rows: Sequence[int], count: int) -> str:
    """`rows 2, 17, 30 and 4 more`."""
    if not rows:
        return ""
    shown = ", ".join(str(row) for row in rows)
    if count > len(rows):
        shown = texts("words.and_more", rows=shown, count=count - len(rows))
    return texts("words.one_row" if len(rows) == 1 and count <= 1 else "words.several_rows", rows=shown)


def heads(texts: Texts, columns: Iterable[tuple[str, Kind]]) -> tuple[Column, ...]:
    """Columns from the keys of their headings."""
    return tuple(Column(capital(texts(key)), kind) for key, kind in columns)
