"""Tables in rules: their cells read, gaps and overlaps found when the pack loads, and lookup, bracket and marginal
built.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ayni.core.errors import AyniError
from ayni.rules import making as make
from ayni.rules import nodes as n
from ayni.rules import operands as op
from ayni.rules.definitions import Rulebook, Scalar, TableDefinition, TableVersion
from ayni.rules.expressions import Builder, Scope, type_error
from ayni.rules.grammar import rule_error
from ayni.rules.operands import Operand, Place
from ayni.rules.types import INT128_MAX, Kind, Type, day_number
from ayni.rules.values import convert, decimals_of, type_of

TABLE_ROWS_MAX = 10_000
_EDGE = re.compile(r"(<=|<)\s*(-?[\d_]+(?:\.\d+)?)$")


@dataclass(frozen=True)
class Edge:
    """An upper band edge as written; `at` None is the open end."""

    at: Decimal | None
    inclusive: bool

    @property
    def order(self) -> tuple[Decimal, bool]:
        return (Decimal("Infinity") if self.at is None else self.at, self.inclusive)


def read_edge(cell: Scalar) -> Edge:
    """ "<= 2", "< 4" or "any". Raises ValueError otherwise."""
    text = str(cell).strip()
    if text == "any":
        return Edge(None, True)
    match = _EDGE.match(text)
    if match is None:
        raise ValueError(f"{text} is no band edge: write <= 2, < 4 or any")
    try:
        return Edge(Decimal(match[2].replace("_", "")), match[1] == "<=")
    except InvalidOperation:
        raise ValueError(f"{text} is no band edge") from None


def _column_type(table: TableDefinition, column: str, rulebook: Rulebook) -> Type:
    position = len(table.keys) + list(table.columns).index(column)
    figures = [row[position] for version in table.versions for row in version.rows if len(row) > position]
    figures += [table.otherwise[column]] if table.otherwise and column in table.otherwise else []
    return type_of(table.columns[column], rulebook, figures)


def check_table(table: TableDefinition, rulebook: Rulebook) -> list[AyniError]:
    """Everything wrong with a table: row widths, cells of the wrong type, gaps, overlaps, bands out of order."""
    problems: list[AyniError] = []
    width = len(table.keys) + len(table.columns)
    types = {column: _column_type(table, column, rulebook) for column in table.columns}
    for column, cell in (table.otherwise or {}).items():
        where = f"table {table.name}, otherwise, column {column}"
        if column not in types:
            problems.append(_table_error(table, "table_cell", f"{where}: there is no such column"))
        else:
            problems += _check_cell(table, cell, types[column], where)
    if not table.versions:
        problems.append(_table_error(table, "table_row", f"table {table.name} has no version"))
    for version in table.versions:
        where = f"table {table.name}, version {version.valid_from}"
        if not version.rows:
            problems.append(_table_error(table, "table_row", f"{where} has no rows"))
        if len(version.rows) > TABLE_ROWS_MAX:
            title, action = f"{where} has more than {TABLE_ROWS_MAX} rows", "cut it into several tables"
            return [*problems, rule_error("limit", title, location=table.location, action=action)]
        for number, row in enumerate(version.rows, 1):
            if len(row) == width:
                problems += _check_row(table, row, types, rulebook, f"{where}, row {number}")
            else:
                title = f"{where}, row {number} has {len(row)} cells, {width} are expected"
                problems.append(_table_error(table, "table_row", title))
        if not problems:
            problems += _check_keys(table, version, rulebook, where)
    return problems


def _check_row(
    table: TableDefinition, row: Sequence[Scalar], types: Mapping[str, Type], rulebook: Rulebook, where: str
) -> list[AyniError]:
    problems: list[AyniError] = []
    for key, cell in zip(table.keys, row, strict=False):
        if not key.band:
            problems += _check_cell(table, cell, type_of(key.unit, rulebook), f"{where}, key {key.name}", is_key=True)
    for (column, kind), cell in zip(types.items(), row[len(table.keys) :], strict=True):
        problems += _check_cell(table, cell, kind, f"{where}, column {column}")
    return problems


def _check_cell(table: TableDefinition, cell: Scalar, kind: Type, where: str, is_key: bool = False) -> list[AyniError]:
    try:
        if convert(cell, kind) is None and is_key:
            raise ValueError("a key is never unknown")
    except ValueError as problem:
        return [_table_error(table, "table_cell", f"{where}: {problem}")]
    return []


def _table_error(table: TableDefinition, code: str, title: str, action: str | None = None) -> AyniError:
    return rule_error(code, title, location=table.location, action=action)


def _check_keys(table: TableDefinition, version: TableVersion, rulebook: Rulebook, where: str) -> list[AyniError]:
    rows = [row[: len(table.keys)] for row in version.rows]
    try:
        return _check_level(table, rows, 0, rulebook, where)
    except ValueError as problem:
        return [_table_error(table, "table_cell", f"{where}: {problem}")]


def _check_level(
    table: TableDefinition,
    rows: Sequence[tuple[Scalar, ...]],
    level: int,
    rulebook: Rulebook,
    where: str,
    band: str | None = None,
) -> list[AyniError]:
    """Rows grouped by one key after the other: each group must be complete and hold nothing twice.

    `otherwise:` completes a group, but not one inside a band (`band`: its edge) that another band follows: a key that
    the group lacks would match the rows of the following band.
    """
    if level == len(table.keys):
        if len(rows) > 1:
            return [
                _table_error(
                    table, "table_overlap", f"{where}: {len(rows)} rows have the same keys {rows[0]}", "keep one"
                )
            ]
        return []
    key = table.keys[level]
    groups: dict[Scalar, list[tuple[Scalar, ...]]] = {}
    for row in rows:
        groups.setdefault(row[level], []).append(row)
    problems: list[AyniError] = []
    if key.band:
        edges = [read_edge(cell) for cell in groups]
        orders = [edge.order for edge in edges]
        if orders != sorted(set(orders)):
            title = f"{where}: the bands of {key.name} do not rise"
            action = "write them from the lowest upper edge to the highest, each once"
            problems.append(_table_error(table, "table_overlap", title, action))
        if edges and edges[-1].at is not None and (table.otherwise is None or band):
            title = f"{where}: nothing stands above {edges[-1].at} of {key.name}{_within(band)}"
            problems.append(_table_error(table, "table_gap", title, _completed_by('add a row "any"', band)))
    elif table.otherwise is None or band:
        kind = type_of(key.unit, rulebook)
        expected: Sequence[Scalar] = (
            kind.values if kind.kind is Kind.ENUM else (True, False) if kind.kind is Kind.BOOLEAN else ()
        )
        missing = [str(value) for value in expected if value not in groups]
        if missing or not expected:
            what = ", ".join(missing) if missing else f"other values of {key.name}"
            title = f"{where}: no row for {what}{_within(band)}"
            problems.append(_table_error(table, "table_gap", title, _completed_by("add rows", band)))
    last = len(groups) - 1
    for position, (cell, group) in enumerate(groups.items()):
        inside = str(cell) if key.band and position < last else band
        problems += _check_level(table, group, level + 1, rulebook, where, inside)
    return problems


def _within(band: str | None) -> str:
    return f", in the band {band}" if band else ""


def _completed_by(action: str, band: str | None) -> str:
    return f"{action}, or make the band key the last one" if band else f"{action}, or `otherwise:`"


def _find_table(builder: Builder, tree: ast.expr) -> TableDefinition:
    name = ast.unparse(tree)
    tables = builder.rulebook.tables
    if name not in tables:
        near = difflib.get_close_matches(name, tables, n=1)
        raise builder.place(tree).error(
            "unknown_name", f"There is no table `{name}`", f"write {near[0]}" if near else None
        )
    return tables[name]


def _find_column(builder: Builder, tree: ast.Call, table: TableDefinition) -> str:
    given = {keyword.arg: keyword.value for keyword in tree.keywords}
    if "column" not in given:
        if len(table.columns) == 1:
            return next(iter(table.columns))
        raise builder.place(tree).error(
            "arguments", "Which column of the table?", 'write column="…"', f"one of {', '.join(table.columns)}"
        )
    value = given["column"]
    name = str(value.value) if isinstance(value, ast.Constant) else ""
    if name not in table.columns:
        near = difflib.get_close_matches(name, table.columns, n=1)
        hint = f'write column="{near[0]}"' if near else None
        expected = f"one of {', '.join(table.columns)}"
        raise builder.place(tree).error("unknown_name", f"Table {table.name} has no column {name}", hint, expected)
    return name


def lookup(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    """lookup(table, key, …, column="c"): the cell of the row that all keys match."""
    table = _find_table(builder, tree.args[0])
    column = _find_column(builder, tree, table)
    if len(tree.args) - 1 != len(table.keys):
        names = ", ".join(key.name for key in table.keys)
        raise builder.place(tree).error(
            "arguments", f"Table {table.name} has the keys {names}", "give one value for each"
        )
    keys: list[tuple[n.Node, n.Node | None]] = []
    edge_scales: list[int] = []
    for position, (key, argument) in enumerate(zip(table.keys, tree.args[1:], strict=True)):
        operand = builder.operand(argument, scope)
        kind = type_of(key.unit, builder.rulebook)
        if key.band:
            pair, scale = _band_key(table, position, kind, operand, builder.place(argument))
            keys.append(pair)
            edge_scales.append(scale)
        else:
            keys.append(
                (_exact_key(op.as_node(operand, builder.place(argument)), kind, table, builder.place(argument)), None)
            )
            edge_scales.append(0)
    kind = _column_type(table, column, builder.rulebook)
    versions = [_version(table, version, column, kind, edge_scales, builder.rulebook) for version in table.versions]
    return make.table_lookup(table.name, column, kind, keys, [key.band for key in table.keys], versions)


def _exact_key(node: n.Node, kind: Type, table: TableDefinition, place: Place) -> n.Node:
    """The key as it is looked up; `otherwise:` answers for what another enumeration has and the table has not."""
    mine = node.shape.type
    if mine.kind is Kind.ENUM and kind.kind is Kind.ENUM and table.otherwise and set(mine.values) & set(kind.values):
        return node
    if kind.kind is Kind.NUMBER and node.shape.type.scale > 0:
        raise place.error("type", "An exact key is a whole number", "make it a band key (`band: true`)")
    node, _ = op.unify(node, make.constant(None, kind), place)
    return node


def _band_key(
    table: TableDefinition, position: int, kind: Type, operand: Operand, place: Place
) -> tuple[tuple[n.Node, n.Node | None], int]:
    """The key at a scale at which every edge is whole: (numerator, denominator or None), and the edges' scale."""
    ratio = op.as_ratio(operand)
    if ratio.type.kind is not kind.kind and not op.is_zero_literal(ratio.numerator):
        raise type_error(place, ratio.type, f"The key {table.keys[position].name} is {kind}; the same")
    if kind.kind is Kind.MONEY and ratio.type.period != kind.period:
        raise place.error(
            "dimension",
            f"The key {table.keys[position].name} is {kind}, this is {ratio.type}",
            "convert it with to_annual, to_monthly or per",
        )
    edges = [read_edge(row[position]).at for version in table.versions for row in version.rows]
    edge_scale = decimals_of(edges)
    below = op.scale_of(ratio.denominator)
    target = max(op.scale_of(ratio.numerator), edge_scale + below)
    numerator = op.check_width(op.to_scale(ratio.numerator, target), place)
    widest = max((abs(edge) for edge in edges if edge is not None), default=Decimal(0)).scaleb(target - below)
    if widest * ratio.denominator.shape.magnitude > INT128_MAX:
        raise place.error("overflow", "The edges of the bands times the divisor can become too large for 128 bits",
                          "state narrower bounds for the inputs")  # fmt: skip
    one = isinstance(ratio.denominator, n.Constant) and ratio.denominator.value == 1 and below == 0
    return (numerator, None if one else ratio.denominator), target - below


def _version(
    table: TableDefinition,
    version: TableVersion,
    column: str,
    kind: Type,
    edge_scales: Sequence[int],
    rulebook: Rulebook,
) -> n.LookupVersion:
    position = len(table.keys) + list(table.columns).index(column)
    rows = []
    for row in version.rows:
        cells: list[n.Cell] = []
        for key, cell, scale in zip(table.keys, row, edge_scales, strict=False):
            if key.band:
                edge = read_edge(cell)
                cells.append(n.BandEdge(None if edge.at is None else int(edge.at.scaleb(scale)), edge.inclusive))
            else:
                exact = convert(cell, type_of(key.unit, rulebook))
                assert exact is not None
                cells.append(exact)
        rows.append((tuple(cells), convert(row[position], kind)))
    fallback = convert(table.otherwise[column], kind) if table.otherwise and column in table.otherwise else None
    known_from = None if version.known_from is None else day_number(version.known_from)
    return n.LookupVersion(day_number(version.valid_from), tuple(rows), fallback, version.evidence, known_from)


def bracket(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    """bracket(table, x, column="rate"): the band that x falls into, for the whole amount."""
    table = _find_table(builder, tree.args[0])
    if len(table.keys) != 1 or not table.keys[0].band:
        raise builder.place(tree).error(
            "arguments", f"bracket needs a table with one band key; {table.name} has none", "write lookup(…)"
        )
    return lookup(builder, tree, scope)


def marginal(builder: Builder, tree: ast.Call, scope: Scope) -> Operand:
    """marginal(table, x, column="rate"): each slice of x times the rate of its band, added up; x counts from zero.

    Above the last edge stands the rate of `otherwise:`; where there is none, the whole is unknown.
    """
    place = builder.place(tree)
    table = _find_table(builder, tree.args[0])
    column = _find_column(builder, tree, table)
    if len(table.keys) != 1 or not table.keys[0].band:
        raise place.error("arguments", f"marginal needs a table with one band key; {table.name} has none")
    x = builder.node(tree.args[1], scope)
    key = type_of(table.keys[0].unit, builder.rulebook, [read_edge(r[0]).at for v in table.versions for r in v.rows])
    if x.shape.type.kind is not key.kind or x.shape.type.period != key.period:
        raise type_error(place, x.shape.type, str(key))
    scale = max(x.shape.type.scale, key.scale)
    x = op.to_scale(x, scale)
    rate = _column_type(table, column, builder.rulebook)
    versions = table.versions
    variants = [(day_number(v.valid_from), _slices(table, v, column, x, rate, place)) for v in versions]
    return make.dated(variants, [None if v.known_from is None else day_number(v.known_from) for v in versions])


def _slices(table: TableDefinition, version: TableVersion, column: str, x: n.Node, rate: Type, place: Place) -> n.Node:
    kind = x.shape.type
    position = 1 + list(table.columns).index(column)
    zero = make.constant(0, kind)
    pieces: list[Operand] = []
    lower: n.Node = zero
    for row in version.rows:
        edge = read_edge(row[0]).at
        upper = None if edge is None else make.constant(int(edge.scaleb(kind.scale)), kind)
        top = x if upper is None else make.extreme("min", x, upper)
        part = make.extreme("max", zero, make.add("-", top, lower))
        figure = make.constant(
            convert(row[position], rate), rate, origin=f"{table.name}|{row[0]}", evidence=version.evidence
        )
        pieces.append(op.multiply(part, figure, place))
        if edge is not None and edge > 0:
            assert upper is not None
            lower = upper
    rest = table.otherwise.get(column) if table.otherwise else None
    if edge is not None and rest is not None:
        figure = make.constant(convert(rest, rate), rate, origin=f"{table.name}|otherwise", evidence=version.evidence)
        above = make.extreme("max", zero, make.add("-", x, lower))
        pieces.append(op.multiply(above, figure, place))
    total = op.as_node(op.combine(pieces, lambda left, right: op.add("+", left, right, place)), place)
    if edge is None or rest is not None:
        return total
    return make.conditional(
        make.compare("<=", x, lower), total, make.constant(None, total.shape.type, origin=table.name)
    )
