"""What random rules can speak of: inputs, parameters, tables and records with fixed names and types, and random
contents.

Bounds, figures, dates and rows are drawn; the names and types stay, so that formulas can be written without looking.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from ayni.rules.definitions import (
    DatedValue,
    Evidence,
    InputDefinition,
    ParameterDefinition,
    Scalar,
    TableDefinition,
    TableKey,
    TableVersion,
    UnitSpec,
)

EVIDENCE = Evidence(("S1",), "high")
ENUMS = {"status": ("employee", "own account", "other"), "level": ("low", "high")}

# Days on which something begins, and on which rules are asked: month ends, leap days, both ends of the calendar.
DAYS = tuple(
    date.fromisoformat(day)
    for day in (
        "2026-01-01",
        "2026-03-01",
        "2025-12-31",
        "2024-02-29",
        "2024-03-01",
        "2023-02-28",
        "2025-01-31",
        "2000-02-29",
        "1999-12-31",
        "0001-01-01",
        "0001-03-31",
        "9999-12-31",
        "1970-01-01",
        "1900-02-28",
        "2026-02-28",
    )
)
STARTS = tuple(day for day in DAYS if 1999 <= day.year <= 2026)

MONTHLY, YEARLY, SUM = UnitSpec("money", "month"), UnitSpec("money", "year"), UnitSpec("money")
INTEGER, RATE, BOOLEAN = UnitSpec("integer"), UnitSpec("rate"), UnitSpec("boolean")
DATE, MONTH = UnitSpec("date"), UnitSpec("month")
STATUS, LEVEL = UnitSpec("enum", enum="status"), UnitSpec("enum", enum="level")

# A kind is what a formula can be asked for; every name is listed under the kind that it has.
KINDS = ("boolean", "integer", "number", "monthly", "yearly", "sum", "date", "month", "status", "level")

INPUTS: dict[str, tuple[str, UnitSpec]] = {
    "wage": ("monthly", MONTHLY),
    "fee": ("monthly", MONTHLY),
    "turnover": ("yearly", YEARLY),
    "grant": ("sum", SUM),
    "children": ("integer", INTEGER),
    "balance": ("integer", INTEGER),
    "size": ("integer", INTEGER),
    "share": ("number", RATE),
    "factor": ("number", UnitSpec("number", decimals=1)),
    "born": ("date", DATE),
    "joined": ("date", DATE),
    "period": ("month", MONTH),
    "insured": ("boolean", BOOLEAN),
    "retired": ("boolean", BOOLEAN),
    "status": ("status", STATUS),
    "level": ("level", LEVEL),
}
# Bounds are drawn from these, in major units; `size` is positive, so that it can divide.
BOUNDS: dict[str, tuple[tuple[Scalar, Scalar], ...]] = {
    "wage": ((0, 1000), (None, None), (-5, 5)),
    "fee": ((Decimal("0.01"), 100), (-1000, 0)),
    "turnover": ((None, None), (0, 100_000)),
    "grant": ((-50, 50), (None, None)),
    "children": ((0, 20), (0, 1)),
    "balance": ((-50, 50), (None, None)),
    "size": ((1, 9), (1, 1000)),
    "share": ((None, None), (Decimal("0.5"), 1)),
    "factor": ((-10, 10), (Decimal("0.5"), 3)),
    "born": ((None, None), (date(1930, 1, 1), date(2026, 12, 31))),
    "joined": ((date(2000, 2, 29), date(2030, 1, 1)), (None, None)),
    "period": ((None, None), (date(2020, 1, 1), date(2030, 1, 1))),
}
HISTORY: dict[str, tuple[str, UnitSpec]] = {
    "base": ("monthly", MONTHLY),
    "days": ("integer", INTEGER),
    "paid": ("boolean", BOOLEAN),
    "status_then": ("status", STATUS),
    "day_paid": ("date", DATE),
}
HISTORY_BOUNDS: dict[str, tuple[Scalar, Scalar]] = {"base": (-100, 1000), "days": (0, 31)}
PARAMETERS: dict[str, tuple[str, UnitSpec, tuple[Scalar, ...]]] = {
    "floor": ("monthly", MONTHLY, (Decimal("100.125"), 10, Decimal("0.01"), 0)),
    "ceiling": ("yearly", YEARLY, (1200, Decimal("99999.99"), 12)),
    "rate": ("number", RATE, (Decimal("0.0433"), Decimal("0.5"), 0, Decimal("0.125"), 1)),
    "points": ("integer", INTEGER, (0, 5, 12, -3)),
    "start": ("date", DATE, (date(2024, 2, 29), date(2026, 3, 1))),
    "first_month": ("month", MONTH, (date(2025, 12, 1), date(2024, 2, 1))),
    "is_open": ("boolean", BOOLEAN, (True, False)),
    "usual_status": ("status", STATUS, ENUMS["status"]),
    "usual_level": ("level", LEVEL, ENUMS["level"]),
}


@dataclass(frozen=True)
class Universe:
    """The drawn contents of one rulebook."""

    inputs: dict[str, InputDefinition]
    history: dict[str, InputDefinition]
    parameters: dict[str, ParameterDefinition]
    tables: dict[str, TableDefinition]


@st.composite
def universes(draw: st.DrawFn) -> Universe:
    """Random bounds, figures and tables."""
    inputs = {}
    for name, (_, unit) in INPUTS.items():
        low, high = draw(st.sampled_from(BOUNDS.get(name, ((None, None),))))
        inputs[name] = InputDefinition(name, unit, minimum=low, maximum=high)
    history = {}
    for name, (_, unit) in HISTORY.items():
        low, high = HISTORY_BOUNDS.get(name, (None, None))
        history[name] = InputDefinition(name, unit, minimum=low, maximum=high)
    parameters = {}
    for name, (_, unit, figures) in PARAMETERS.items():
        parameters[name] = ParameterDefinition(name, unit, draw(_dated_values(figures)))
    return Universe(inputs, history, parameters, draw(_tables()))


@st.composite
def _dated_values(draw: st.DrawFn, figures: tuple[Scalar, ...]) -> tuple[DatedValue, ...]:
    starts = draw(st.lists(st.sampled_from(STARTS), min_size=1, max_size=3, unique=True))
    # A figure may have been announced and not fixed (None), or known later than it was in force.
    return tuple(
        DatedValue(
            start,
            draw(st.sampled_from((*figures, None))),
            EVIDENCE,
            draw(st.sampled_from((None, None, date(2026, 1, 15)))),
        )
        for start in sorted(starts)
    )


@st.composite
def _edges(draw: st.DrawFn, figures: tuple[str, ...]) -> list[str]:
    """Rising band edges, the last one open or not."""
    chosen = sorted(draw(st.lists(st.sampled_from(figures), max_size=4, unique=True)), key=Decimal)
    signs = [draw(st.sampled_from(("<=", "<"))) for _ in chosen]
    return [f"{sign} {figure}" for sign, figure in zip(signs, chosen, strict=True)]


@st.composite
def _versions(draw: st.DrawFn, rows: st.SearchStrategy[tuple[tuple[Scalar, ...], ...]]) -> tuple[TableVersion, ...]:
    starts = draw(st.sampled_from(((date.min,), (date(2024, 3, 1),), (date(2000, 2, 29), date(2026, 1, 1)))))
    known_from = draw(st.sampled_from((None, None, date(2026, 1, 15))))
    return tuple(TableVersion(start, draw(rows), EVIDENCE, known_from) for start in starts)


PENSIONS: tuple[Scalar, ...] = (Decimal("99.995"), 5, 250)
OTHERWISE: tuple[dict[str, Scalar], ...] = ({"benefit": 1, "flag": False}, {"flag": True})
RATES: tuple[Scalar, ...] = (Decimal("0.05"), Decimal("0.125"), 0, 1, Decimal("0.5"), None)


@st.composite
def _band_rows(draw: st.DrawFn, figures: tuple[str, ...]) -> tuple[tuple[Scalar, ...], ...]:
    """Rows of (edge, rate, grade, level)."""
    edges = [*draw(_edges(figures)), "any"]
    return tuple(
        (
            edge,
            draw(st.sampled_from(RATES)),
            draw(st.sampled_from((1, 2, -7, None))),
            draw(st.sampled_from(ENUMS["level"])),
        )
        for edge in edges
    )


@st.composite
def _grid_rows(draw: st.DrawFn) -> tuple[tuple[Scalar, ...], ...]:
    """Rows of (status, whole number, sum, flag); some pairs are left to `otherwise`."""
    pairs = [(status, number) for status in ENUMS["status"] for number in (0, 1, 5)]
    kept = draw(st.lists(st.sampled_from(pairs), min_size=1, unique=True))
    return tuple(
        (
            *pair,
            draw(st.sampled_from((Decimal("10.5"), 0, None))),
            draw(st.booleans()),
        )
        for pair in sorted(kept)
    )


@st.composite
def _pair_rows(draw: st.DrawFn) -> tuple[tuple[Scalar, ...], ...]:
    """Rows of (true or false, age band, monthly amount)."""
    return tuple(
        (flag, edge, draw(st.sampled_from(PENSIONS)))
        for flag in (True, False)
        for edge in [*draw(_edges(("18", "65", "0"))), "any"]
    )


@st.composite
def _tables(draw: st.DrawFn) -> dict[str, TableDefinition]:
    columns = {"rate": RATE, "grade": INTEGER, "level": LEVEL}
    by_wage = _band_rows(("0", "10", "100.5", "1000", "50.25"))
    by_ratio = _band_rows(("0.9295", "0.5", "1", "2", "-1"))
    return {
        "wage_bands": TableDefinition(
            "wage_bands", (TableKey("wage", MONTHLY, True),), columns, draw(_versions(by_wage))
        ),
        "ratio_bands": TableDefinition(
            "ratio_bands", (TableKey("ratio", UnitSpec("number"), True),), columns, draw(_versions(by_ratio))
        ),
        "grid": TableDefinition(
            "grid",
            (TableKey("status", STATUS), TableKey("children", INTEGER)),
            {"benefit": SUM, "flag": BOOLEAN},
            draw(_versions(_grid_rows())),
            otherwise=draw(st.sampled_from(OTHERWISE)),
        ),
        "by_age": TableDefinition(
            "by_age",
            (TableKey("insured", BOOLEAN), TableKey("age", UnitSpec("number"), True)),
            {"pension": MONTHLY},
            draw(_versions(_pair_rows())),
        ),
    }
