"""Mistakes as clerks make them, put into a clean list on purpose, each of them written down.

A mistake spoils one cell (or repeats one row), and no row is spoilt twice. The log says what stood there before
and what a check ought to make of it (`Trace`), so that a test, or a person learning, can tell what was found and
what was missed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from stdnum.ar import cuit

from ayni.roster.practice.columns import Cell, Table
from ayni.roster.practice.dice import Dice

# The header is the spreadsheet's first row, as in every list that this package writes.
FIRST_ROW = 2
_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)


class Trace(StrEnum):
    """What a mistake leaves for a check to see."""

    REPORTED = "reported"  # it cannot be right, and a check ought to say so
    UNDERSTOOD = "understood"  # oddly written, and a check ought to read it as it was meant
    UNKNOWN = "unknown"  # the cell says nothing any more
    UNSEEN = "unseen"  # wrong, and nobody can see it in the list alone


@dataclass(frozen=True)
class Broken:
    """One mistake. row: the spreadsheet's own row number. column: its header, None where the whole row is the mistake.

    was, now: the cell before and after. same_as_row: the row that a repeated row repeats.
    """

    row: int
    column: str | None
    kind: str
    was: Cell
    now: Cell
    trace: Trace
    same_as_row: int | None = None


@dataclass(frozen=True)
class _Spoilt:
    """A cell after the mistake, and what a check ought to make of it."""

    now: Cell
    trace: Trace = Trace.REPORTED


# A mistake looks at a cell and gives what it becomes, or None where this cell cannot be spoilt so.
_Mistake = Callable[[Dice, Cell, date], _Spoilt | None]


def _missing(dice: Dice, cell: Cell, on: date) -> _Spoilt | None:
    del dice, on
    return _Spoilt(None, Trace.UNKNOWN) if cell is not None else None


def _swapped_digits(dice: Dice, cell: Cell, on: date) -> _Spoilt | None:
    """Two neighbouring digits of a number in the wrong order; a check digit shows it, where there is one."""
    del on
    text = str(cell)
    places = [
        place
        for place in range(len(text) - 1)
        if text[place : place + 2].isdigit() and text[place] != text[place + 1] and 3 <= place < len(text) - 2
    ]
    if cell is None or not places:
        return None
    place = dice.pick(places)
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    has_check_digit = sum(character.isdigit() for character in text) == 11 and cuit.is_valid(text)
    if has_check_digit and cuit.is_valid(swapped):
        return None
    return _Spoilt(swapped, Trace.REPORTED if has_check_digit else Trace.UNSEEN)


def _lost_digit(dice: Dice, cell: Cell, on: date) -> _Spoilt | None:
    """A digit too few, in a number typed without its separators: with them, the gap could be read as a zero."""
    del on
    if cell is None:
        return None
    digits = "".join(character for character in str(cell) if character.isdigit())
    lost = dice.between(len(digits) // 2, len(digits) - 1)
    # A DIMEX has 12 digits or 11, so that nobody misses one of the 12.
    return _Spoilt(digits[:lost] + digits[lost + 1 :], Trace.UNSEEN if len(digits) == 12 else Trace.REPORTED)


def _date_as_text(dice: Dice, cell: Cell, on: date) -> _Spoilt | None:
    """A day typed as a text, in one of the ways people write days; it can still be read."""
    del on
    if not isinstance(cell, date):
        return None
    ways = (
        "{0:%d}.{0:%m}.{0:%Y}",
        "{0.day}-{0.month}-{0.year}",
        " {0:%d}/{0:%m}/{0:%Y} ",
        "{0.day} de {1} de {0.year}",
    )
    return _Spoilt(dice.pick(ways).format(cell, _MONTHS[cell.month - 1]), Trace.UNDERSTOOD)


def _impossible_date(dice: Dice, cell: Cell, on: date) -> _Spoilt | None:
    """A day that no calendar has."""
    del on
    return _Spoilt(f"{dice.pick(('31/02', '30/02', '31/04'))}/{cell.year}") if isinstance(cell, date) else None


def _future_birth(dice: Dice, cell: Cell, on: date) -> _Spoilt | None:
    """A birth after the day of the list: usually a century or a decade mistyped."""
    if not isinstance(cell, date):
        return None
    return _Spoilt(date(on.year + dice.between(1, 40), cell.month, min(cell.day, 28)))


def _odd_sex(dice: Dice, cell: Cell, on: date) -> _Spoilt | None:
    """The word for the sex in another manner; most can be understood, `x` and `?` cannot."""
    del on
    if cell is None:
        return None
    # In a column of letters an odd letter or word can still be told; among words, an `m` could be either.
    readable = {
        "F": ("fem.", "Femenino", "MUJER", "f "),
        "M": ("masc", "m.", "MASCULINO"),
        "MUJER": ("Femenino", "MUJER", "fem.", "mujer "),
        "FEMALE": ("FEMALE", "fem.", "woman"),
        "VARÓN": ("Hombre", "MASCULINO", "VARON", "masc"),
        "MALE": ("MALE", "masc", "man "),
    }[str(cell).upper()]
    traces = {**dict.fromkeys(readable, Trace.UNDERSTOOD), "x": Trace.REPORTED, "?": Trace.UNKNOWN}
    word = dice.pick(tuple(traces))
    return _Spoilt(word, traces[word])


def _negative(dice: Dice, cell: Cell, on: date) -> _Spoilt | None:
    """An amount below nothing."""
    del dice, on
    return _Spoilt(-cell) if isinstance(cell, int | Decimal) and cell > 0 else None


def _absurd(dice: Dice, cell: Cell, on: date) -> _Spoilt | None:
    """An amount with a handful of zeros too many."""
    del on
    return _Spoilt(cell * 10 ** dice.between(6, 7)) if isinstance(cell, int | Decimal) and cell > 0 else None


def _unknown_code(dice: Dice, cell: Cell, on: date) -> _Spoilt | None:
    """A word that is on nobody's list."""
    del on
    return _Spoilt(dice.pick(("ver nota", "pendiente", "véase ficha"))) if cell is not None else None


# kind of mistake → (kinds of columns where it happens, what it does)
_MISTAKES: Mapping[str, tuple[tuple[str, ...], _Mistake]] = {
    "missing": (("identifier", "date", "sex", "code", "money", "net"), _missing),
    "swapped_digits": (("identifier",), _swapped_digits),
    "lost_digit": (("identifier",), _lost_digit),
    "date_as_text": (("date",), _date_as_text),
    "impossible_date": (("date",), _impossible_date),
    "future_birth": (("date",), _future_birth),
    "odd_sex": (("sex",), _odd_sex),
    "negative_income": (("money",), _negative),
    "absurd_income": (("money", "net"), _absurd),
    "unknown_code": (("code",), _unknown_code),
}
REPEATED_ROW = "repeated_row"
KINDS: tuple[str, ...] = (*_MISTAKES, REPEATED_ROW)


def break_table(table: Table, share: Decimal, dice: Dice, on: date) -> tuple[Table, tuple[Broken, ...]]:
    """The table with `share` of its rows spoilt (0 to 1, rounded down to whole rows), and the log in the order of the
    rows.

    Each kind of mistake comes in turn, so that a list with as many mistakes as there are kinds has one of each.
    """
    wanted = int(len(table.rows) * share)
    order = dice.shuffled(range(len(table.rows)))
    kinds = [KINDS[place % len(KINDS)] for place in range(wanted)]
    rows = [list(row) for row in table.rows]
    cells: dict[int, tuple[str, str, Cell, _Spoilt]] = {}
    repeated: dict[int, int] = {}
    for kind in kinds:
        if kind == REPEATED_ROW:
            # The same person typed in once more, some rows further down.
            index = order.pop()
            repeated[index] = min(len(rows) - 1, index + dice.between(1, 60))
            continue
        index, column, spoilt = _spoil_some_row(table, kind, order, dice, on)
        cells[index] = (table.columns[column].headers[table.language], kind, rows[index][column], spoilt)
        rows[index][column] = spoilt.now
    return _number_rows(table, rows, cells, repeated)


def _spoil_some_row(table: Table, kind: str, order: list[int], dice: Dice, on: date) -> tuple[int, int, _Spoilt]:
    """Take from `order` the last row where the mistake can be made; say which column it struck and what it left
    there.
    """
    column_kinds, mistake = _MISTAKES[kind]
    places = [place for place, column in enumerate(table.columns) if column.kind in column_kinds]
    for position in range(len(order) - 1, -1, -1):
        index = order[position]
        for place in dice.shuffled(places):
            spoilt = mistake(dice, table.rows[index][place], on)
            if spoilt is not None:
                del order[position]
                return index, place, spoilt
    raise AssertionError(f"no row is left in which a mistake of the kind {kind} could be made")


def _number_rows(
    table: Table,
    rows: Sequence[Sequence[Cell]],
    cells: Mapping[int, tuple[str, str, Cell, _Spoilt]],
    repeated: Mapping[int, int],
) -> tuple[Table, tuple[Broken, ...]]:
    """Put the repeated rows in and give every mistake the row number that it has in the finished list."""
    copies_after: dict[int, list[int]] = {}
    for index, after in repeated.items():
        copies_after.setdefault(after, []).append(index)
    finished: list[tuple[Cell, ...]] = []
    number_of: dict[int, int] = {}
    copies: list[tuple[int, int]] = []
    for index, row in enumerate(rows):
        number_of[index] = FIRST_ROW + len(finished)
        finished.append(tuple(row))
        for original in copies_after.get(index, ()):
            copies.append((FIRST_ROW + len(finished), original))
            finished.append(tuple(rows[original]))
    broken = [
        Broken(number_of[index], header, kind, was, spoilt.now, spoilt.trace)
        for index, (header, kind, was, spoilt) in cells.items()
    ]
    broken += [
        Broken(number, None, REPEATED_ROW, None, None, Trace.REPORTED, same_as_row=number_of[original])
        for number, original in copies
    ]
    broken.sort(key=lambda entry: entry.row)
    return replace(table, rows=tuple(finished)), tuple(broken)
