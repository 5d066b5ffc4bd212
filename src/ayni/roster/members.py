"""`members.xlsx`: a row a person and scheme, for the clerk; definitions; problems by the spreadsheet's row; schemes.

Texts that come from the roster are written as text and never as formulas or links: a cell that begins with `=` stays
what it is. Amounts are numbers; what is unknown or does not apply is said in words, so that neither looks like zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from ayni.core.progress import Progress, silent
from ayni.packs.model import text_in
from ayni.roster.amounts_due import BENEFIT
from ayni.roster.prepare import Prepared
from ayni.roster.questions import PAYERS
from ayni.roster.screen import STATUSES, Screening
from ayni.roster.texts import Texts
from ayni.roster.wording import Wording

# A sheet of a workbook has 1,048,576 rows; more than three sheets nobody opens.
SHEET_ROWS = 1_000_000
SHEETS_MAX = 3
WIDTH_MAX = 60
CHUNK = 50_000


@dataclass(frozen=True)
class Column:
    """key: of the texts and of the table's column; kind: text, whole, money or share; width in characters."""

    key: str
    header: str
    kind: str
    width: int


def write_members(
    path: Path, prepared: Prepared, screening: Screening, texts: Texts, progress: Progress = silent
) -> None:
    """Write the workbook. Deterministic: the same check gives the same cells, and its date is that of the law."""
    import xlsxwriter

    wording = Wording(screening, texts, {name: spec.words for name, spec in prepared.specs.items()})
    table = member_table(screening, wording)
    columns = member_columns(screening, table, texts)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), {**options, "constant_memory": table.height > CHUNK}) as book:
        book.set_properties({"title": texts("report.title"), "created": datetime.combine(screening.on, time())})
        formats = _Formats(book, screening.pack.currency, screening.pack.currency_decimals)
        shown = min(table.height, SHEET_ROWS * SHEETS_MAX)
        for number, start in enumerate(range(0, max(shown, 1), SHEET_ROWS), start=1):
            key = "members.sheet_members" if number == 1 else "members.sheet_members_more"
            rows = table.slice(start, min(SHEET_ROWS, shown - start))
            _write_table(book, texts(key, count=number), columns, rows, formats, texts, progress)
        _write_definitions(book, screening, columns, texts, formats, table.height - shown)
        _write_problems(book, prepared, texts, formats)
        _write_schemes(book, screening, wording, formats)


def member_table(screening: Screening, wording: Wording) -> pl.DataFrame:
    """The long table in words: a row a person and scheme."""
    texts = wording.texts
    persons = screening.persons
    names = persons.select(pl.col("position").alias("through"), pl.coalesce("name", "person_id").alias("through_name"))
    own = [name for name in ("member_number", "national_id", "household_id", "name") if name in persons.columns]
    who = persons.select("position", "status", *own)
    outside = {key: text_in(group.words, texts.language) for key, group in screening.pack.outside.items()}
    incomes = {name: wording.input_name(name) for name in screening.decisions["income_input"].unique().drop_nulls()}
    yes_no = pl.when(pl.col("as_dependant")).then(pl.lit(texts("words.yes")))
    frame = (
        screening.decisions.join(who, on="position", how="left", maintain_order="left")
        .join(wording.scheme_table(), on="scheme", how="left", maintain_order="left")
        .join(wording.reason_table(), on=["scheme", "unmet"], how="left", maintain_order="left")
        .join(wording.missing_table(), on="pattern", how="left", maintain_order="left")
        .join(wording.rights_table("rights"), on=["scheme", "rights"], how="left", maintain_order="left")
        .join(wording.rights_table("rights_open"), on=["scheme", "rights_open"], how="left", maintain_order="left")
        .join(names, on="through", how="left", maintain_order="left")
    )
    is_in = pl.col("decision") == "eligible"
    group = pl.col("outside").replace_strict(outside, default=None, return_dtype=pl.String)
    total = pl.sum_horizontal(pl.col(payer) for payer in PAYERS)
    is_known = ~pl.any_horizontal(pl.col(f"{payer}_state") == "unknown" for payer in PAYERS)
    has_amount = pl.any_horizontal(pl.col(f"{payer}_state") == "amount" for payer in PAYERS)
    return frame.with_columns(
        pl.when(pl.col("outside").is_not_null()).then(group).otherwise("reasons").alias("reasons"),
        yes_no.when(~pl.col("as_dependant"))
        .then(pl.lit(texts("words.no")))
        .otherwise(pl.lit(texts("amount.unknown")))
        .alias("dependant"),
        pl.when(pl.col("as_dependant"))
        .then(pl.col("through_name").fill_null(texts("members.through_unnamed")))
        .alias("through"),
        pl.when(is_known & has_amount).then(total).alias("total"),
        pl.when(is_known & has_amount)
        .then(pl.lit("amount"))
        .when(is_known)
        .then(pl.lit("not_applicable"))
        .otherwise(pl.lit("unknown"))
        .alias("total_state"),
        pl.col("income_input").replace_strict(incomes, default=None, return_dtype=pl.String),
        *(pl.when(is_in).then(name).alias(name) for name in ("branches", "documents", "steps")),
        _unconfirmed(texts).alias("unconfirmed"),
        *(
            pl.col(name).replace_strict({key: texts(f"{name}.{key}") for key in keys}, return_dtype=pl.String)
            for name, keys in (("decision", ("eligible", "not_eligible", "undecided", "outside")), ("status", STATUSES))
        ),
    )


def _unconfirmed(texts: Texts) -> pl.Expr:
    decision, amounts = pl.col("is_unconfirmed"), pl.col("amounts_unconfirmed")
    return (
        pl.when(decision & amounts)
        .then(pl.lit(texts("members.unconfirmed_both")))
        .when(decision)
        .then(pl.lit(texts("members.unconfirmed_decision")))
        .when(amounts)
        .then(pl.lit(texts("members.unconfirmed_amount")))
    )


def member_columns(screening: Screening, table: pl.DataFrame, texts: Texts) -> list[Column]:
    """The columns of the first sheet; those that would be empty for everybody are left out."""
    currency = screening.pack.currency
    asked = [payer for payer in PAYERS if (table[f"{payer}_state"] != "not_applicable").any()]
    columns = [
        Column("row", texts("members.row"), "whole", 8),
        Column("name", texts("members.name"), "text", 28),
        Column("member_number", texts("members.number"), "text", 10),
        Column("national_id", texts("members.id"), "text", 16),
        Column("household_id", texts("members.household"), "text", 10),
        Column("status", texts("members.status"), "text", 34),
        Column("scheme_name", texts("members.scheme"), "text", 40),
        Column("decision", texts("members.decision"), "text", 18),
        Column("reasons", texts("members.reasons"), "text", WIDTH_MAX),
        Column("remedy", texts("members.remedy"), "text", 40),
        Column("missing", texts("members.missing"), "text", 40),
        Column("deciding", texts("members.deciding"), "text", 28),
        Column("dependant", texts("members.dependant"), "text", 14),
        Column("through", texts("members.through"), "text", 28),
        *(
            Column(payer, texts("members.payer", payer=texts(f"payer.{payer}"), currency=currency), "money", 18)
            for payer in asked
        ),
        *([Column("total", texts("members.total", currency=currency), "money", 18)] if len(asked) > 1 else []),
        Column("income", texts("members.income", currency=currency), "money", 18),
        Column("income_input", texts("members.income_input"), "text", 28),
        Column("share", texts("members.share"), "share", 12),
        Column("branches", texts("members.branches"), "text", 40),
        Column("rights_words", texts("members.rights"), "text", 28),
        Column("rights_open_words", texts("members.rights_open"), "text", 28),
        *_benefit_columns(table, texts, currency),
        Column("unconfirmed", texts("members.unconfirmed"), "text", 18),
        Column("documents", texts("members.documents"), "text", 40),
        Column("steps", texts("members.step"), "text", 40),
    ]
    # An amount that is unknown for everybody is a column of the word.
    kept = (*asked, "total")
    return [
        column
        for column in columns
        if column.key in kept or (column.key in table.columns and table[column.key].is_not_null().any())
    ]


def _benefit_columns(table: pl.DataFrame, texts: Texts, currency: str) -> list[Column]:
    """Amounts of benefits, by branch and period."""
    found = []
    for key in (name for name in table.columns if name.startswith(BENEFIT)):
        _, branch, period = key.split(".")
        header = texts(f"members.benefit_{period}", branch=texts(f"branch.{branch}"), currency=currency)
        found.append(Column(key, header, "money", 18))
    return found


class _Formats:
    """The formats of cells, made once for a workbook."""

    def __init__(self, book: Any, currency: str, decimals: int) -> None:
        digits = f".{'0' * decimals}" if decimals else ""
        self.money = book.add_format({"num_format": f'#,##0{digits}" {currency}"', "valign": "top"})
        self.share = book.add_format({"num_format": "0.0%", "valign": "top"})
        self.whole = book.add_format({"num_format": "0", "valign": "top"})
        self.text = book.add_format({"num_format": "@", "valign": "top"})
        self.quiet = book.add_format({"align": "right", "valign": "top", "font_color": "#5f6b6b"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.head = book.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "valign": "top",
                "bottom": 1,
                "bg_color": "#e6efed",
                "font_color": "#12312b",
            }
        )
        self.decimals = decimals


def _write_table(
    book: Any,
    title: str,
    columns: Sequence[Column],
    rows: pl.DataFrame,
    formats: _Formats,
    texts: Texts,
    progress: Progress,
) -> None:
    sheet = _new_sheet(book, title, [(column.header, column.width) for column in columns], formats)
    # Where the person stands and the scheme stay in sight while one scrolls to the right.
    sheet.freeze_panes(1, 2 if columns[1].key == "name" else 1)
    sheet.autofilter(0, 0, max(rows.height, 1), len(columns) - 1)
    words = {state: texts(f"amount.{state}") for state in ("unknown", "not_applicable")}
    for start in range(0, rows.height, CHUNK):
        part = rows.slice(start, CHUNK)
        cells = [_cells(column, part, formats.decimals, words) for column in columns]
        styles = [getattr(formats, column.kind) for column in columns]
        for offset, line in enumerate(zip(*cells, strict=True), start=start + 1):
            for place, value in enumerate(line):
                if value is None:
                    continue
                if isinstance(value, str):
                    sheet.write_string(offset, place, value, formats.quiet if columns[place].kind == "money" else None)
                else:
                    sheet.write_number(offset, place, value, styles[place])
        progress("write", start + part.height, rows.height)


def _cells(column: Column, rows: pl.DataFrame, decimals: int, words: dict[str, str]) -> list[Any]:
    """The values of a column as the sheet takes them; empty texts are empty cells."""
    values = rows[column.key]
    if column.kind == "money":
        # A workbook holds floating-point numbers; fifteen digits of an amount survive that, and no more are shown.
        unit = Decimal(1).scaleb(-decimals)
        numbers = [None if value is None else value * unit for value in values]
        if f"{column.key}_state" not in rows.columns:
            return numbers
        states = rows[f"{column.key}_state"]
        return [words.get(state, number) for state, number in zip(states, numbers, strict=True)]
    if column.kind == "share":
        return [None if value is None else value / 10_000 for value in values]
    if column.kind == "whole":
        return values.to_list()
    return [value or None for value in values.cast(pl.String)]


def _new_sheet(book: Any, title: str, heads: Iterable[tuple[str, int]], formats: _Formats) -> Any:
    sheet = book.add_worksheet(title)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_row(0, 32)
    for place, (header, width) in enumerate(heads):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, header[:1].upper() + header[1:], formats.head)
    return sheet


def _write_definitions(
    book: Any, screening: Screening, columns: Sequence[Column], texts: Texts, formats: _Formats, lost: int
) -> None:
    heads = [(texts("members.column"), 34), (texts("members.meaning"), 100)]
    sheet = _new_sheet(book, texts("members.sheet_definitions"), heads, formats)
    statuses = "; ".join(texts(f"status.{status}") for status in STATUSES)
    lines = []
    for column in columns:
        name = "payer" if column.key in PAYERS else column.key.removesuffix("_words").removesuffix("_open")
        name = name.partition(".")[0]
        if texts.has(f"members.meanings.{name}"):
            lines.append((column.header, texts(f"members.meanings.{name}", statuses=statuses)))
    pack = screening.pack
    lines.append(("", texts("report.about.unknown")))
    lines.append((texts("report.about.on"), screening.on.isoformat()))
    lines.append((texts("report.about.pack"), f"{pack.country} {pack.version}"))
    lines.append(("", texts("report.unchecked") if pack.checked_by is None else pack.checked_by))
    if lost > 0:
        lines.append(("", texts("members.too_many", count=lost)))
    for place, (name, meaning) in enumerate(lines, start=1):
        sheet.write_string(place, 0, name[:1].upper() + name[1:], formats.wrapped)
        sheet.write_string(place, 1, meaning, formats.wrapped)
    sheet.freeze_panes(1, 0)


def _write_problems(book: Any, prepared: Prepared, texts: Texts, formats: _Formats) -> None:
    keys = ("row", "cell_column", "value", "problem", "action", "severity")
    widths = (8, 28, 24, 60, 60, 12)
    heads = [(texts(f"members.{key}"), width) for key, width in zip(keys, widths, strict=True)]
    sheet = _new_sheet(book, texts("members.sheet_problems"), heads, formats)
    language = texts.language
    place = 0
    for place, problem in enumerate(prepared.problems, start=1):
        if place > SHEET_ROWS:
            break
        if problem.row is not None:
            sheet.write_number(place, 0, problem.row, formats.whole)
        severity = texts(f"members.severity_{problem.severity}")
        cells = (problem.column, problem.value, problem.message[language], problem.action[language], severity)
        for column, text in enumerate(cells, start=1):
            if text:
                sheet.write_string(place, column, text, formats.wrapped)
    if place == 0:
        sheet.write_string(1, 0, texts("members.no_problems"))
    sheet.autofilter(0, 0, max(place, 1), len(keys) - 1)
    sheet.freeze_panes(1, 0)


def _write_schemes(book: Any, screening: Screening, wording: Wording, formats: _Formats) -> None:
    texts = wording.texts
    keys = ("for_whom", "not_covered", "documents", "unit", "individual")
    heads = [(texts("members.scheme"), 40), *((texts(f"report.steps.{key}"), 50) for key in keys)]
    sheet = _new_sheet(book, texts("members.sheet_schemes"), heads, formats)
    language = texts.language
    for place, question in enumerate(screening.questions.schemes, start=1):
        scheme = question.scheme
        listed = [scheme.documents, scheme.steps.unit, scheme.steps.individual]
        cells = [
            wording.scheme_name(question),
            text_in(scheme.for_whom, language),
            text_in(scheme.not_covered, language),
            *("\n".join(text_in(item.words, language) for item in items) for items in listed),
        ]
        for column, text in enumerate(cells):
            sheet.write_string(place, column, text, formats.wrapped)
    sheet.freeze_panes(1, 1)
