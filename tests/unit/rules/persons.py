"""Persons of all kinds for tests of explanations: seeded, with holes, in households, with monthly records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import pyarrow as pa

from ayni.packs.loader import load_pack
from ayni.packs.model import Pack
from ayni.rules.types import Kind, Shape
from ayni.rules.values import to_written

ON = date(2026, 3, 1)
PEOPLE = 24
UNKNOWN_SHARE = 0.25
# Plain figures by unit, so that bands, limits and ages are met; bounds alone would give absurd persons only.
_AMOUNTS = (0, 1, 150_000, 346_789, 500_000, 746_184, 1_200_000, 9_000_000, 40_000_000)
_WHOLE = (0, 1, 2, 3, 6, 12, 17, 18, 36, 63, 65, 300, 420)


@dataclass(frozen=True)
class People:
    """A table as `evaluate` takes it, and the monthly records of those who have any."""

    table: pa.Table
    history: pa.Table | None

    def rows(self) -> range:
        return range(self.table.num_rows)


@cache
def pack(country: str) -> Pack:
    """A pack, loaded once for all tests."""
    return load_pack(country)


@cache
def everybody(country: str) -> People:
    """The persons that most tests look at."""
    return people(pack(country), PEOPLE)


def people(pack: Pack, count: int, *, seed: int = 1, with_history: bool = True) -> People:
    """`count` persons with a value for most inputs that the pack's rules read."""
    dice = Random(seed)
    names = sorted({name for v in pack.program.variables.values() for name in v.names if name in pack.program.inputs})
    # A figure that the pack can work out itself is given to some persons only.
    ruled = {name for name in names if name in pack.program.variables}
    rows: list[dict[str, Any]] = []
    for number in range(count):
        row: dict[str, Any] = {"person_id": f"p{number}", "household_id": dice.choice((f"h{number // 3}", None))}
        for name in names:
            is_left_out = dice.random() < (0.8 if name in ruled else UNKNOWN_SHARE)
            row[name] = None if is_left_out else _value(dice, name, pack.program.inputs[name])
        known_months = with_history and dice.random() < 0.7
        row["history_from"] = date(2015, 1, 1) if known_months else None
        row["history_until"] = ON if known_months else None
        rows.append(row)
    table = pa.Table.from_pylist(rows, _schema(pack, names))
    return People(table, _records(pack, dice, rows) if with_history else None)


def _schema(pack: Pack, names: list[str]) -> pa.Schema:
    own = {
        "person_id": pa.string(),
        "household_id": pa.string(),
        "history_from": pa.date32(),
        "history_until": pa.date32(),
    }
    kinds = {Kind.BOOLEAN: pa.bool_(), Kind.DATE: pa.date32(), Kind.ENUM: pa.string()}
    read = {name: kinds.get(pack.program.inputs[name].type.kind, pa.string()) for name in names}
    return pa.schema(list({**own, **read}.items()))


def _value(dice: Random, name: str, shape: Shape) -> Any:
    kind = shape.type
    if kind.kind is Kind.BOOLEAN:
        return dice.random() < 0.5
    if kind.kind is Kind.ENUM:
        return dice.choice(kind.values)
    if kind.kind is Kind.DATE:
        return date(dice.choice((1950, 1961, 1975, 1990, 2005, 2015)), dice.randint(1, 12), dice.randint(1, 28))
    low, high = to_written(shape.low, kind), to_written(shape.high, kind)
    assert isinstance(low, (int, Decimal)) and isinstance(high, (int, Decimal))
    if kind.kind is Kind.MONEY:
        figures: tuple[Any, ...] = (*_AMOUNTS, Decimal(dice.randrange(10**9)) / 100)
    elif kind.scale:
        figures = tuple(Decimal(part) / 10 for part in (0, 3, 5, 7, 10))
    else:
        figures = _WHOLE
    return str(min(max(Decimal(dice.choice(figures)), Decimal(low)), Decimal(high)))


def _records(pack: Pack, dice: Random, rows: list[dict[str, Any]]) -> pa.Table:
    columns = pack.program.history
    records = []
    for row in rows:
        if row["history_from"] is None:
            continue
        share = dice.choice((0.2, 0.9, 1.0))
        for ago in range(1, dice.randrange(1, 134)):
            if dice.random() > share:
                continue
            month = ON.year * 12 + ON.month - 1 - ago
            day = date(month // 12, month % 12 + 1, 1)
            record: dict[str, Any] = {"person_id": row["person_id"], "month": day}
            for name, shape in columns.items():
                record[name] = _value(dice, name, shape) if dice.random() < 0.95 else None
            records.append(record)
    kinds = {name: pa.bool_() if shape.type.kind is Kind.BOOLEAN else pa.string() for name, shape in columns.items()}
    schema = pa.schema([("person_id", pa.string()), ("month", pa.date32()), *kinds.items()])
    return pa.Table.from_pylist(records, schema)
