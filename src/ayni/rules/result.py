"""What an evaluation gives: a table of outputs, what is missing where they are undecided, and with what it was
computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ayni.rules.engines.base import mask_names, mask_words
from ayni.rules.plan import MASK_WORD_BITS, Plan
from ayni.rules.types import Kind, Type


@dataclass(frozen=True)
class Result:
    """Outputs in the order of the input rows. Money is whole minor units (of the scale in the field's metadata),
    rates are scaled whole numbers; null is unknown (undecided). `path` is set instead of `table` where the result was
    written to Parquet.
    """

    plan: Plan
    engine: str
    rulebook: str
    table: pa.Table | None = None
    path: Path | None = None

    def type_of(self, output: str) -> Type:
        return self.plan.variables[output].shape.type

    def column(self, output: str) -> list[Any]:
        """The values of one output: Decimal for money and rates (major units), int, bool, text, date."""
        from ayni.rules.values import to_written

        assert self.table is not None, "the result was written to a file"
        kind = self.type_of(output)
        return [to_written(value, kind) for value in self.table.column(output).to_pylist()]

    def as_decimals(self) -> pa.Table:
        """The table with money and rates as decimal128 in major units, dates as dates; masks left out."""
        assert self.table is not None, "the result was written to a file"
        columns = {}
        for name in self.table.column_names:
            if name not in self.plan.outputs:
                if not name.endswith(tuple(f".missing{word or ''}" for word in ("", *range(2, 99)))):
                    columns[name] = self.table.column(name)
                continue
            columns[name] = _in_major_units(self.table.column(name), self.type_of(name))
        return pa.table(columns)

    def missing_inputs(self, output: str, rows: Sequence[int] | None = None) -> list[tuple[str, ...]]:
        """For each row, the names of what is unknown and can still matter; empty where the output is decided."""
        assert self.table is not None, "the result was written to a file"
        names = self.plan.missable()
        words = [
            self.table.column(name)
            for name in mask_names(output, mask_words(self.plan))
            if name in self.table.column_names
        ]
        if rows is not None:
            words = [word.take(pa.array(list(rows), pa.int64())) for word in words]
        decoded: dict[tuple[int, ...], tuple[str, ...]] = {}
        result = []
        for values in zip(*(word.to_pylist() for word in words), strict=True):
            if values not in decoded:
                decoded[values] = tuple(
                    names[word * MASK_WORD_BITS + bit]
                    for word, value in enumerate(values)
                    for bit in range(MASK_WORD_BITS)
                    if (value or 0) >> bit & 1
                )
            result.append(decoded[values])
        return result

    def missing_counts(self, output: str) -> dict[str, int]:
        """How many rows each unknown input still matters for."""
        assert self.table is not None, "the result was written to a file"
        counts: dict[str, int] = {}
        for word, name in enumerate(mask_names(output, mask_words(self.plan))):
            if name not in self.table.column_names:
                continue
            column = self.table.column(name)
            for bit in range(MASK_WORD_BITS):
                index = word * MASK_WORD_BITS + bit
                if index < len(self.plan.missable()):
                    found = pc.sum(pc.bit_wise_and(pc.shift_right(column, bit), 1)).as_py() or 0
                    if found:
                        counts[self.plan.missable()[index]] = found
        return counts


def _in_major_units(column: pa.ChunkedArray, kind: Type) -> pa.ChunkedArray:
    if kind.kind is Kind.DATE:
        return column.cast(pa.int32()).cast(pa.date32())
    if kind.kind not in (Kind.MONEY, Kind.NUMBER) or kind.scale == 0:
        return column
    unit = pa.scalar(Decimal(1).scaleb(-kind.scale), pa.decimal128(18, kind.scale))
    return pc.multiply(column.cast(pa.decimal128(19, 0)), unit).cast(pa.decimal128(38, kind.scale))
