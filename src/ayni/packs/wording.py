"""Formulas read out in words, and figures written as a reader of the language writes them.

The words describe a formula for a jurist; the formula beside them is what is computed. Nothing is evaluated here.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from ayni.packs.model import Pack, text_in
from ayni.packs.yaml_reader import read_yaml
from ayni.rules.definitions import Scalar, Text, UnitSpec

WORDS_FILE = Path(__file__).parent / "page_words.yaml"
_OPERATORS = {
    ast.Add: "plus",
    ast.Sub: "minus",
    ast.Mult: "times",
    ast.Div: "divided",
    ast.FloorDiv: "whole_part",
    ast.Mod: "remainder",
}
_COMPARISONS = {
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
    ast.Lt: "less",
    ast.LtE: "at_most",
    ast.Gt: "more",
    ast.GtE: "at_least",
    ast.In: "one_of",
    ast.NotIn: "none_of",
}
_ENUMERATING = ("max", "min", "first_known")
_TABLES = ("lookup", "bracket", "marginal")


@lru_cache(maxsize=1)
def _all_words() -> Any:
    return read_yaml(WORDS_FILE, WORDS_FILE.name)


class Words:
    """The words of the page in one language; English where a language lacks them."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, *keys: str, fill: Sequence[str] = ()) -> str:
        node = _all_words()
        for key in keys:
            node = node.get(key, {})
        text = text_in(node, self.language, keys[-1].replace("_", " "))
        for position, value in enumerate(fill):
            text = text.replace(f"{{{position}}}", value)
        return text

    def listed(self, items: Sequence[str], joint: str = "and") -> str:
        """`a, b and c`."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self('reading', joint)} {items[-1]}"


class Figures:
    """Writes figures for a reader of a language in the pack's country: `1,234.50` or `1.234,50`."""

    def __init__(self, pack: Pack, language: str) -> None:
        from babel import Locale, UnknownLocaleError

        try:
            self.locale = Locale.parse(f"{language}_{pack.country}")
        except (UnknownLocaleError, ValueError):
            self.locale = Locale.parse("en")
        self.pack = pack
        self.words = Words(language)

    def number(self, value: int | Decimal, decimals: int | None = None) -> str:
        from babel.numbers import format_decimal

        written = max(0, -int(Decimal(value).as_tuple().exponent)) if decimals is None else decimals
        pattern = "#,##0" + ("." + "0" * written if written else "")
        return str(format_decimal(value, format=pattern, locale=self.locale))

    def percent(self, value: Decimal) -> str:
        """A rate as a percentage, with the decimals it has."""
        hundredfold = Decimal(value) * 100
        digits = max(0, -int(hundredfold.normalize().as_tuple().exponent))
        return f"{self.number(hundredfold, digits)} %"

    def figure(self, value: Scalar, unit: UnitSpec, enums: Text | Any = None) -> str:
        """A figure with its unit."""
        if value is None:
            return self.words("unknown")
        if isinstance(value, bool):
            return self.words("yes" if value else "no")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, str):
            known = self.pack.rulebook.enums.get(unit.enum or "", {})
            return text_in(known[value], self.words.language) if value in known else value
        if unit.kind == "money":
            decimals = max(self.pack.currency_decimals, -int(Decimal(value).as_tuple().exponent))
            period = f" {self.words('periods', unit.period)}" if unit.period else ""
            return f"{self.pack.currency} {self.number(value, decimals)}{period}"
        if unit.kind == "rate":
            return self.percent(Decimal(value))
        return self.number(value) + (f" {self.words('labels', unit.label)}" if unit.label else "")


class Reader:
    """Reads formulas out in one language, with the words of the pack for every name."""

    def __init__(self, pack: Pack, language: str, scheme: str | None) -> None:
        self.pack = pack
        self.words = Words(language)
        self.figures = Figures(pack, language)
        self.scheme = scheme
        self._text = ""

    def read(self, formula: str) -> str:
        """A formula in words; the formula itself where it cannot be parsed."""
        try:
            tree = ast.parse(formula, mode="eval").body
        except SyntaxError:
            return formula
        self._text = formula
        return self._node(tree)

    def name(self, name: str) -> str:
        """What a name in a formula of this scheme means, in words."""
        for candidate in (f"{self.scheme}.{name}", name):
            if candidate in self.pack.rulebook.variables:
                return self.pack.words_of(candidate, self.words.language)
        if name in ("evaluation_date", "evaluation_month", "unknown"):
            return self.words("reading", name)
        column = self.pack.rulebook.history.get(name)
        if column is not None and name not in self.pack.rulebook.parameters:
            return text_in(column.words, self.words.language, name)
        return self.pack.words_of(name, self.words.language)

    def _say(self, key: str, *parts: str) -> str:
        return self.words("reading", key, fill=parts)

    def _node(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=bool() as value):
                return self.words("yes" if value else "no")
            case ast.Constant(value=str() as value):
                return value.replace("_", " ")
            case ast.Constant(value=value):
                return self._number(node, value)
            case ast.Name(id=name):
                return self.name(name)
            case ast.Attribute():
                return self.name(ast.unparse(node))
            case ast.BinOp(left=left, op=operator, right=right):
                return self._say(_OPERATORS[type(operator)], self._inner(left), self._inner(right))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._say("not", self._inner(operand))
            case ast.UnaryOp(operand=operand):
                return self._say("negative", self._inner(operand))
            case ast.BoolOp(op=operator, values=values):
                joint = "and" if isinstance(operator, ast.And) else "or"
                return f" {self.words('reading', joint)} ".join(self._inner(value) for value in values)
            case ast.Compare():
                return self._compare(node)
            case ast.IfExp(test=condition, body=then, orelse=otherwise):
                return self._say("conditional", self._node(condition), self._inner(then), self._inner(otherwise))
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return self.words.listed([self._node(item) for item in items], "or")
            case ast.Call():
                return self._call(node)
        return ast.unparse(node)

    def _inner(self, node: ast.expr) -> str:
        """A part of a larger phrase: in parentheses where it would run into it."""
        text = self._node(node)
        return f"({text})" if isinstance(node, ast.BinOp | ast.BoolOp | ast.IfExp) else text

    def _number(self, node: ast.Constant, value: object) -> str:
        # The text of the formula is exact where Python's own number is not.
        written = ast.get_source_segment(self._text, node) or str(value)
        try:
            return self.figures.number(Decimal(written))
        except ArithmeticError:
            return written

    def _compare(self, node: ast.Compare) -> str:
        phrases = []
        left = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            phrases.append(self._say(_COMPARISONS[type(operator)], self._inner(left), self._against(left, right)))
            left = right
        return f" {self.words('reading', 'and')} ".join(phrases)

    def _against(self, left: ast.expr, right: ast.expr) -> str:
        """The right side of a comparison; values of an enumeration in words."""
        enum = self._enum_of(left)
        if enum is None:
            return self._inner(right)
        values = right.elts if isinstance(right, ast.Tuple | ast.List) else [right]
        texts = [
            text_in(enum[value.value], self.words.language)
            if isinstance(value, ast.Constant) and value.value in enum
            else self._node(value)
            for value in values
        ]
        return self.words.listed([f"“{text}”" for text in texts], "or")

    def _enum_of(self, node: ast.expr) -> Any:
        book = self.pack.rulebook
        name = ast.unparse(node)
        for candidate in (f"{self.scheme}.{name}", name):
            variable = book.variables.get(candidate)
            if variable is not None and variable.unit is not None:
                return book.enums.get(variable.unit.enum or "")
        known = book.inputs.get(name)
        return None if known is None else book.enums.get(known.unit.enum or "")

    def _call(self, node: ast.Call) -> str:
        function = ast.unparse(node.func)
        keywords = {keyword.arg or "": keyword.value for keyword in node.keywords}
        if function in _TABLES:
            return self._table(function, node, keywords)
        if function.startswith(("household.", "history.")):
            return self._aggregate(function.replace(".", "_"), node, keywords)
        if function in _ENUMERATING:
            return self._say(function, self.words.listed([self._inner(part) for part in node.args]))
        special: dict[str, Callable[[], str]] = {
            "round_to": lambda: self._say(
                "round_to", self._inner(node.args[0]), self._node(node.args[1]), self._mode(node)
            ),
            "amount": lambda: f"{self.pack.currency} {self._node(node.args[0])}",
            "date": lambda: "-".join(ast.unparse(part).zfill(2) for part in node.args),
            "month": lambda: "-".join(ast.unparse(part).zfill(2) for part in node.args),
            "per": lambda: self._node(node.args[0]),
            "to_number": lambda: self._node(node.args[0]),
        }
        if function in special:
            return special[function]()
        if function in _all_words()["reading"]:
            return self._say(function, *(self._inner(part) for part in node.args))
        return f"{function}({', '.join(self._node(part) for part in node.args)})"

    def _mode(self, node: ast.Call) -> str:
        mode = node.args[2] if len(node.args) > 2 else None
        name = mode.value if isinstance(mode, ast.Constant) else ast.unparse(mode) if mode is not None else ""
        return self.words("reading", str(name))

    def _table(self, function: str, node: ast.Call, keywords: dict[str, ast.expr]) -> str:
        table = ast.unparse(node.args[0])
        column = keywords.get("column")
        named = column.value if isinstance(column, ast.Constant) else table
        keys = self.words.listed([self._inner(part) for part in node.args[1:]])
        return self._say(function, self.name(table), str(named).replace("_", " "), keys)

    def _aggregate(self, function: str, node: ast.Call, keywords: dict[str, ast.expr]) -> str:
        parts = [self._inner(part) for part in node.args]
        parts += [self._node(keywords[key]) for key in ("ago", "k") if key in keywords]
        text = self._say(function, *parts)
        for key, phrase in (("where", "where"), ("last", "last"), ("since", "window_since"), ("until", "window_until")):
            if key in keywords:
                text = self._say(phrase, text, self._node(keywords[key]))
        return text
