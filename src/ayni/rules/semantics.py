"""What every scalar node means, written once and plainly: from the values of its children (None: unknown) to its
value.

The reference engine and constant folding use it; the SQL compiler must agree with it to the last unit (generative
tests).
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from datetime import date

from ayni.rules import nodes as n
from ayni.rules.making import round_quotient
from ayni.rules.types import DAY_MAX, DAY_MIN, date_of, day_number, month_number

Value = n.Value
COMPARISONS: dict[str, Callable[[object, object], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,  # type: ignore[operator]
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">": lambda a, b: a > b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
}


def edge_of_month(month: int, edge: str) -> int:
    """Day number of the first or last day of a month index."""
    year, zero_based = divmod(month, 12)
    last = calendar.monthrange(year, zero_based + 1)[1]
    return day_number(date(year, zero_based + 1, 1 if edge == "first" else last))


def elapsed_years(start: date, end: date, leap: str) -> int:
    """Completed years from start to end, start not after end; 29 February counts as `leap` in common years."""
    month, day = start.month, start.day
    if (month, day) == (2, 29) and not calendar.isleap(end.year) and leap == "feb28":
        day = 28
    return end.year - start.year - ((end.month, end.day) < (month, day))


def elapsed_months(start: date, end: date) -> int:
    """Completed months from start to end, start not after end; a month is complete on the same day of the month."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def elapsed(unit: str, start: int, end: int, leap: str) -> int:
    """Completed years or months between two day numbers; negative where end comes first."""
    if start > end:
        return -elapsed(unit, end, start, leap)
    first, last = date_of(start), date_of(end)
    return elapsed_years(first, last, leap) if unit == "years" else elapsed_months(first, last)


def conjunction(values: Sequence[Value]) -> bool | None:
    """Kleene's `and`: false as soon as one is false."""
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def disjunction(values: Sequence[Value]) -> bool | None:
    """Kleene's `or`: true as soon as one is true."""
    if any(value is True for value in values):
        return True
    return None if any(value is None for value in values) else False


def smaller_or_larger(node: n.Extreme, left: int | None, right: int | None) -> int | None:
    """The known side stands alone where the bounds of the unknown side cannot change it."""
    if left is not None and right is not None:
        return min(left, right) if node.operator == "min" else max(left, right)
    for known, unknown in ((left, node.right.shape), (right, node.left.shape)):
        if known is None or not unknown.trusted:
            continue
        assert unknown.low is not None and unknown.high is not None
        if node.operator == "min" and known <= unknown.low:
            return known
        if node.operator == "max" and known >= unknown.high:
            return known
    return None


def cell_matches(cell: n.Cell, band: bool, key: Value, divisor: int) -> bool:
    """Whether a cell matches key / divisor; the divisor is positive."""
    if not band:
        return cell == key
    assert isinstance(cell, n.BandEdge) and isinstance(key, int)
    if cell.at is None:
        return True
    return key <= cell.at * divisor if cell.inclusive else key < cell.at * divisor


def version_on(versions: Sequence[n.LookupVersion], day: int) -> n.LookupVersion | None:
    """The version in force on a day, or None before the first."""
    current = [version for version in versions if version.day <= day]
    return max(current, key=lambda version: version.day) if current else None


def look_up(node: n.TableLookup, values: Sequence[Value], day: int) -> Value:
    """The first row that matches all keys (bands rise, so the first is the right one); unknown for an unknown key."""
    if any(value is None for value in values):
        return None
    version = version_on(node.versions, day)
    if version is None:
        return None
    remaining = iter(values)
    keys: list[tuple[Value, int]] = []
    for _, denominator in node.keys:
        key = next(remaining)
        divisor = next(remaining) if denominator is not None else 1
        assert isinstance(divisor, int)
        if divisor <= 0:
            return None
        keys.append((key, divisor))
    for cells, value in version.rows:
        if all(cell_matches(cell, band, *key) for cell, band, key in zip(cells, node.bands, keys, strict=True)):
            return value
    return version.otherwise


def _rounded(node: n.Rounded, values: Sequence[Value]) -> Value:
    numerator, denominator = values
    if numerator is None or denominator is None:
        return None
    assert isinstance(numerator, int) and isinstance(denominator, int)
    return None if denominator <= 0 else round_quotient(numerator, denominator, node.mode) * node.multiplier


def _conditional(values: Sequence[Value]) -> Value:
    condition, then, otherwise = values
    if condition is None:
        return then if then is not None and then == otherwise else None
    return then if condition else otherwise


def _date_part(node: n.DatePart, value: int) -> int | None:
    if not DAY_MIN <= value <= DAY_MAX:
        return None
    day = date_of(value)
    return {"year": day.year, "month": month_number(day), "day": day.day}[node.part]


def _strict(node: n.Node, values: Sequence[Value], day: int) -> Value:
    """Nodes that are unknown as soon as anything they need is."""
    if any(value is None for value in values):
        return None
    match node:
        case n.Arithmetic(operator=operator):
            left, right = values
            assert isinstance(left, int) and isinstance(right, int)
            return left + right if operator == "+" else left - right if operator == "-" else left * right
        case n.Absolute():
            assert isinstance(values[0], int)
            return abs(values[0])
        case n.Rescaled(power=power):
            return values[0] if power == 0 else int(values[0] or 0) * 10**power
        case n.Compare(operator=operator):
            return COMPARISONS[operator](values[0], values[1])
        case n.IsIn(values=allowed):
            return values[0] in allowed
        case n.Not():
            return not values[0]
        case n.DatePart():
            assert isinstance(values[0], int)
            return _date_part(node, values[0])
        case n.Elapsed(unit=unit, leap=leap):
            start, end = values
            assert isinstance(start, int) and isinstance(end, int)
            inside = min(start, end) >= DAY_MIN and max(start, end) <= DAY_MAX
            return elapsed(unit, start, end, leap) if inside else None
        case n.MonthEdge(edge=edge):
            assert isinstance(values[0], int)
            return edge_of_month(values[0], edge) if 12 <= values[0] <= 9999 * 12 + 11 else None
        case _:
            assert False, f"unhandled: {type(node).__name__} {day}"


def apply(node: n.Node, values: Sequence[Value], day: int) -> Value:
    """The value of a scalar node from those of its children, for the evaluation day (a day number)."""
    match node:
        case n.Constant(value=value):
            return value
        case n.EvaluationDate():
            return day
        case n.ParameterValue(versions=versions):
            current = [version for version in versions if version.day <= day]
            return max(current, key=lambda version: version.day).value if current else None
        case n.Logic(operator=operator):
            return conjunction(values) if operator == "and" else disjunction(values)
        case n.If():
            return _conditional(values)
        case n.Extreme():
            left, right = values
            assert not isinstance(left, str) and not isinstance(right, str)
            return smaller_or_larger(node, left, right)
        case n.Known():
            return values[0] is not None
        case n.FirstKnown():
            return next((value for value in values if value is not None), None)
        case n.TableLookup():
            return look_up(node, values, day)
        case n.Rounded():
            return _rounded(node, values)
        case n.Dated(variants=variants):
            chosen = [index for index, (start, _) in enumerate(variants) if start <= day]
            return values[max(chosen, key=lambda index: variants[index][0])] if chosen else None
        case _:
            return _strict(node, values, day)
