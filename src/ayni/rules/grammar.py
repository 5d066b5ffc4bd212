"""Parse a formula: Python expression syntax, read with `ast`, never executed, and cut down to a closed grammar with
limits.

A formula that is no expression of the grammar is refused with its place, the reason and, where it can be guessed, the
right form.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass

from ayni.core.errors import AyniError, ExitCode, Location

FORMULA_LENGTH_MAX = 4_000
FORMULA_NODES_MAX = 1_500
FORMULA_DEPTH_MAX = 60
DIGITS_MAX = 18
DECIMALS_MAX = 12
# What Python's decimals hold exactly without being asked for more.
EXACT_DIGITS_MAX = 28
SHOWN_MAX = 200

_ALLOWED = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.Call,
    ast.keyword,
    ast.Name,
    ast.Attribute,
    ast.Constant,
    ast.Tuple,
    ast.List,
    ast.Load,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.USub,
    ast.UAdd,
    ast.Not,
    ast.And,
    ast.Or,
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.In,
    ast.NotIn,
)
_INSTEAD = {
    ast.BitAnd: "write `and`",
    ast.BitOr: "write `or`",
    ast.Invert: "write `not`",
    ast.Pow: "powers are not in the language: multiply",
    ast.Is: "write `==`, or known(x) to ask whether x is known",
    ast.IsNot: "write `!=`, or not known(x)",
    ast.Subscript: 'write lookup(table, key, column="…")',
}


@dataclass(frozen=True)
class Formula:
    """A parsed formula with its text and place, so that a problem can be shown where the author wrote it."""

    text: str
    tree: ast.expr
    location: Location | None = None


def rule_error(
    code: str,
    title: str,
    *,
    formula: Formula | None = None,
    node: ast.AST | None = None,
    action: str | None = None,
    expected: str | None = None,
    location: Location | None = None,
    found: str | None = None,
) -> AyniError:
    """A problem of a rule (exit code 11), with the piece of the formula it is about."""
    if found is None and formula is not None:
        piece = ast.get_source_segment(formula.text, node) if node is not None else None
        found = formula.text if piece is None or piece == formula.text else f"`{piece}` in `{formula.text}`"
    place = location or (formula.location if formula else None)
    return AyniError(
        f"rule.{code}",
        title,
        found=found,
        expected=expected,
        action=action,
        location=place,
        exit_code=ExitCode.INVALID_PACK,
    )


def _syntax_hint(text: str) -> str:
    if re.search(r"(?<![=<>!])=(?!=)", text) and "(" not in text:
        return f"write `{re.sub(r'(?<![=<>!])=(?!=)', '==', text)}` (two equals signs compare)"
    if re.search(r"\b(AND|OR|NOT)\b", text):
        return "write and, or, not in lower case"
    if "&&" in text or "||" in text:
        return "write `and` for && and `or` for ||"
    if re.search(r"\bthen\b|\belse if\b", text):
        return "write `value if condition else other value`"
    return "write one expression, such as `min(monthly_earnings, ceiling) * rate`"


def _depth(tree: ast.AST) -> int:
    """Depth of the tree, without recursion, so that a deep one cannot exhaust the stack."""
    deepest, stack = 0, [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        stack.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
    return deepest


def parse(text: str, location: Location | None = None) -> Formula:
    """Read a formula. Raises AyniError (rule.syntax, rule.limit) with what to write instead."""
    smaller = "name parts of it as variables of their own"
    if len(text) > FORMULA_LENGTH_MAX * 2 or len(text := " ".join(text.split())) > FORMULA_LENGTH_MAX:
        bare = Formula(text[:SHOWN_MAX], ast.Constant(0), location)
        expected = f"at most {FORMULA_LENGTH_MAX} characters"
        raise rule_error("limit", "The formula is too long", formula=bare, expected=expected, action=smaller)
    bare = Formula(text[:SHOWN_MAX], ast.Constant(0), location)
    if "#" in text:
        # The lines of a formula are joined, so that a comment would swallow what follows it.
        raise rule_error("syntax", "A formula holds no comment", formula=bare, action="write it as `note:` of the rule")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        title = f"The formula is not an expression: {getattr(problem, 'msg', None) or 'it cannot be read'}"
        raise rule_error("syntax", title, formula=bare, action=_syntax_hint(text)) from None
    formula = Formula(text, tree, location)
    nodes = list(ast.walk(tree))
    if len(nodes) > FORMULA_NODES_MAX or _depth(tree) > FORMULA_DEPTH_MAX:
        expected = f"at most {FORMULA_NODES_MAX} parts, {FORMULA_DEPTH_MAX} deep"
        raise rule_error("limit", "The formula is too large", formula=bare, expected=expected, action=smaller)
    for node in nodes:
        _check_allowed(formula, node)
    return formula


def _check_allowed(formula: Formula, node: ast.AST) -> None:
    if isinstance(node, ast.Constant):
        _check_literal(formula, node)
    if isinstance(node, (ast.Name, ast.Attribute)) and "__" in (node.id if isinstance(node, ast.Name) else node.attr):
        raise rule_error("syntax", "Names hold no double underscore", formula=formula, node=node, action="rename it")
    if isinstance(node, _ALLOWED):
        return
    hint = next(
        (text for kind, text in _INSTEAD.items() if isinstance(node, kind)), "see the reference of the rule language"
    )
    raise rule_error(
        "syntax",
        f"{type(node).__name__} is not part of the rule language",
        formula=formula,
        node=node if isinstance(node, ast.expr) else None,
        action=hint,
    )


def _check_literal(formula: Formula, node: ast.Constant) -> None:
    if isinstance(node.value, (bool, str)):
        return
    text = ast.get_source_segment(formula.text, node) or ""
    if isinstance(node.value, (int, float)) and re.fullmatch(r"\d[\d_]*(\.\d+)?", text):
        whole, _, fraction = text.replace("_", "").partition(".")
        if len(whole) <= DIGITS_MAX and len(fraction) <= DECIMALS_MAX and len(whole + fraction) <= EXACT_DIGITS_MAX:
            return
        raise rule_error(
            "limit",
            "The number has too many digits",
            formula=formula,
            node=node,
            expected=f"at most {DIGITS_MAX} digits and {DECIMALS_MAX} decimals",
        )
    raise rule_error(
        "syntax",
        "This literal is not part of the rule language",
        formula=formula,
        node=node,
        expected='a whole or decimal number, "text of an enumeration", True or False',
    )


# The argument of a function that is a word and no name: a rounding mode, how a leap day is kept, a table, a period.
_WORD_ARGUMENT = {"round_to": 2, "age_on": 2, "years_between": 2, "lookup": 0, "bracket": 0, "marginal": 0, "per": 1}


def mentions_household(tree: ast.AST) -> bool:
    """Whether a formula asks about the other persons of the household."""
    owners = (node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return any(isinstance(owner, ast.Name) and owner.id == "household" for owner in owners)


def names_in(tree: ast.AST) -> set[str]:
    """All names of values that a formula mentions, attributes dotted (`scheme.variable`).

    Names inside a history aggregate are columns of the records, so they are left out; those of its window are not.
    """
    found: set[str] = set()
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{node.value.id}.{node.attr}")
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Call):
            stack.extend(_values_of_call(node))
        else:
            stack.extend(ast.iter_child_nodes(node))
    return found


def _values_of_call(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that hold names of values of the person."""
    if (
        isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "history"
    ):
        return [item.value for item in call.keywords if item.arg in ("since", "until")]
    word = _WORD_ARGUMENT.get(call.func.id) if isinstance(call.func, ast.Name) else None
    arguments = [argument for position, argument in enumerate(call.args) if position != word]
    return [*arguments, *(item.value for item in call.keywords)]
