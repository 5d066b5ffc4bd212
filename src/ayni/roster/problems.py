"""What is wrong in a roster, cell by cell, and the same grouped into things to do.

Problems are kept as a table and turned into words only when somebody reads them, so that a million of them cost little.
An error makes a cell unknown (or sets a row aside); a warning changes nothing.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

from ayni.roster import catalogue

LANGUAGES = ("en", "es")
_SCHEMA = {
    "code": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "field": pl.String,
    "value": pl.String,
    "detail": pl.String,
    "count": pl.Int64,
}
# Codes of which each value is a thing to do of its own: what does «3» mean?
_BY_VALUE = frozenset({"roster.unmapped_code", "roster.word_in_doubt"})
SAMPLE_ROWS = 20


class Severity(StrEnum):
    """How grave a problem is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One problem. row: the spreadsheet's number, None for a whole column; count: the cells it stands for."""

    code: str
    severity: Severity
    row: int | None
    column: str | None
    field: str | None
    value: str | None
    message: abc.Mapping[str, str]
    action: abc.Mapping[str, str]
    count: int = 1


@dataclass(frozen=True)
class Task:
    """One thing to do: how many cells or rows it mends, and where the first of them are."""

    code: str
    severity: Severity
    field: str | None
    column: str | None
    count: int
    text: str
    action: str
    rows: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Problems:
    """All problems of a roster, in the order of the file.

    frame: code, row, column, field, value, detail, count.     words: field → language → its name for people.
    """

    frame: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_SCHEMA))
    words: abc.Mapping[str, abc.Mapping[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.frame.height

    def __iter__(self) -> abc.Iterator[Problem]:
        for entry in self.frame.iter_rows(named=True):
            yield Problem(
                code=entry["code"],
                severity=Severity(catalogue.severity_of(entry["code"])),
                row=entry["row"],
                column=entry["column"],
                field=entry["field"],
                value=entry["value"],
                message={language: self._text(entry, "message", language) for language in LANGUAGES},
                action={language: self._text(entry, "action", language) for language in LANGUAGES},
                count=entry["count"],
            )

    def of(self, severity: Severity) -> Problems:
        """Only the errors, or only the warnings."""
        codes = [code for code in self.frame["code"].unique() if catalogue.severity_of(code) == severity]
        return Problems(self.frame.filter(pl.col("code").is_in(codes)), self.words)

    def rows(self) -> frozenset[int]:
        """The rows that have at least one problem of their own."""
        return frozenset(self.frame["row"].drop_nulls().to_list())

    def tasks(self, language: str = "en") -> tuple[Task, ...]:
        """Things to do with counts: errors first, then what mends most."""
        if self.frame.is_empty():
            return ()
        by_value = pl.when(pl.col("code").is_in(list(_BY_VALUE))).then(pl.col("value"))
        grouped = self.frame.group_by(["code", "field", "column", by_value.alias("group")], maintain_order=True).agg(
            pl.col("count").sum(),
            pl.col("value").drop_nulls().first(),
            pl.col("detail").drop_nulls().first(),
            pl.col("row").drop_nulls().head(SAMPLE_ROWS).alias("rows"),
            pl.col("row").drop_nulls().first(),
        )
        tasks = [self._task(entry, language) for entry in grouped.iter_rows(named=True)]
        return tuple(sorted(tasks, key=lambda task: (task.severity is not Severity.ERROR, -task.count)))

    def _task(self, entry: abc.Mapping[str, object], language: str) -> Task:
        code, count, rows = str(entry["code"]), entry["count"], entry["rows"]
        assert isinstance(count, int)
        assert isinstance(rows, list)
        return Task(
            code=code,
            severity=Severity(catalogue.severity_of(code)),
            field=_text_or_none(entry["field"]),
            column=_text_or_none(entry["column"]),
            count=count,
            text=catalogue.task_text(code, count, language, self._values(entry, language)),
            action=self._text(entry, "action", language),
            rows=tuple(rows),
        )

    def _text(self, entry: abc.Mapping[str, object], part: str, language: str) -> str:
        return catalogue.problem_text(str(entry["code"]), part, language, self._values(entry, language))

    def _values(self, entry: abc.Mapping[str, object], language: str) -> dict[str, object]:
        """What the braces of a text are filled with; `field` in words, `name` as the rules and mapping files call
        it."""
        name = entry["field"] or ""
        words = self.words.get(str(name), {})
        word = catalogue.in_language(words, language) if words else str(name).replace("_", " ")
        filled = {key: "" if value is None else value for key, value in entry.items()}
        return {**filled, "name": name, "field": word}


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


class ProblemLog:
    """Where problems are collected while a roster is read."""

    def __init__(self, rows: pl.Series, words: abc.Mapping[str, abc.Mapping[str, str]]) -> None:
        self._rows = rows
        self._words = words
        self._frames: list[pl.DataFrame] = []
        self._left_out: pl.Series | None = None

    def leave_out(self, mask: pl.Series) -> None:
        """Say nothing more of these rows."""
        self._left_out = mask

    def add_cells(
        self,
        fault: pl.Series,
        *,
        column: str | None,
        field: str | None,
        value: pl.Series | None = None,
        detail: pl.Series | str | None = None,
    ) -> None:
        """A problem for each cell whose `fault` is a code."""
        found = fault.is_not_null()
        if self._left_out is not None:
            found &= ~self._left_out
        if not found.any():
            return
        size = len(fault)
        blank = pl.Series([None], dtype=pl.String).new_from_index(0, size)
        if isinstance(detail, str):
            detail = pl.Series([detail]).new_from_index(0, size)
        frame = pl.DataFrame(
            {
                "code": fault,
                "row": self._rows,
                "value": blank if value is None else value,
                "detail": blank if detail is None else detail,
            }
        ).filter(found)
        self._add(frame.with_columns(column=pl.lit(column), field=pl.lit(field), count=pl.lit(1)))

    def add_column(
        self, code: str, *, column: str | None, field: str | None, value: str | None, detail: str | None, count: int
    ) -> None:
        """A problem of a whole column, standing for `count` cells."""
        frame = pl.DataFrame({"code": [code], "row": [None], "value": [value], "detail": [detail], "count": [count]})
        self._add(frame.with_columns(column=pl.lit(column), field=pl.lit(field)))

    def _add(self, frame: pl.DataFrame) -> None:
        self._frames.append(frame.select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items()))

    def finish(self) -> Problems:
        """All problems: those of whole columns first, then by row."""
        if not self._frames:
            return Problems(words=self._words)
        frame = pl.concat(self._frames).sort("row", nulls_last=False, maintain_order=True)
        return Problems(frame, self._words)
