"""Refusals: what is no rule, with the reason and what to write instead; hostile formulas among them."""

from __future__ import annotations

from tests.spec.spec import Refusal, Topic, refusals_test

INPUTS = """
inputs: {n: integer, wage: money/month, turnover: money/year, born: date, married: boolean,
  status: {enum: [employee, other]}}
tables:
  scale: {keys: {n: {unit: integer, band: true}}, columns: {rate: rate, grade: integer}, rows: [["any", 0.1, 1]]}
"""


def refused(title: str, formula: str, code: str, says: str, do: str | None = None) -> Refusal:
    """A single formula that is refused."""
    return Refusal(title, f"{INPUTS}variables: {{v: {{formula: {_quoted(formula)}}}}}", code, says, do)


def _quoted(formula: str) -> str:
    return "'" + formula.replace("'", "''") + "'"


TOPIC = Topic(
    "Refusals",
    "What is no rule is refused when the pack loads, never while it runs, with the place, the reason "
    "and, where it can be "
    "told, what to write instead.",
    refusals=(
        refused("One equals sign.", "n = 1", "rule.syntax", "not an expression", "two equals signs"),
        refused("Words in capitals.", "married AND married", "rule.syntax", "not an expression", "lower case"),
        refused("A power.", "n ** 2", "rule.syntax", "Pow is not part", "multiply"),
        refused("Bits.", "married & married", "rule.syntax", "BitAnd is not part", "write `and`"),
        refused("A comment.", "n # the number", "rule.syntax", "no comment", "note:"),
        refused("An exponent.", "n * 1e3", "rule.syntax", "This literal is not part"),
        refused("Nothing at all.", "", "rule.syntax", "not an expression"),
        refused("A name that is nearly right.", "wags * 2", "rule.unknown_name", "Nothing is called `wags`", "`wage`"),
        refused(
            "A function that is nearly right.",
            "round(n, 1, up)",
            "rule.unknown_name",
            "no function `round`",
            "round_to",
        ),
        refused(
            "No such aggregate.",
            "household.counts(married)",
            "rule.unknown_name",
            "no household.counts",
            "household.count",
        ),
        refused(
            "No such column.", 'lookup(scale, n, column="rat")', "rule.unknown_name", "no column rat", 'column="rate"'
        ),
        refused("Which column?", "lookup(scale, n)", "rule.arguments", "Which column", 'column="…"'),
        refused("Too few arguments.", "clip(n, 1)", "rule.arguments", "clip takes 3 arguments, here are 2"),
        refused("No such rounding.", "round_to(n, 1, halfup)", "rule.arguments", "no rounding mode halfup", "half_up"),
        refused("A step of nothing.", "round_to(n, 0, up)", "rule.arguments", "positive number", "round_to(x, 0.01"),
        refused("No such day.", "born > date(2025, 2, 29)", "rule.arguments", "no such day", "date(2026, 1, 31)"),
        refused(
            "Two kinds of window.", "history.count(True, last=3, since=month(2026, 1))", "rule.arguments", "not both"
        ),
        refused("A bare division.", "n / 2", "rule.division", "must say how it is rounded", "round_to"),
        refused(
            "A divisor that may be zero.", "round_to(1 / n, 1, up)", "rule.division", "zero or negative", "guard it"
        ),
        refused("Money times money.", "wage * wage", "rule.dimension", "means nothing", "multiply by a rate"),
        refused("A month's money and a year's.", "wage + turnover", "rule.dimension", "do not mix", "to_annual(x)"),
        refused("Money and a number.", "wage + 5", "rule.type", "do not go together", "amount(100.00)"),
        refused("A condition that is none.", "1 if n else 2", "rule.type", "A condition is expected", "compare it"),
        refused("An order where there is none.", 'status < "other"', "rule.type", "has no order", "== or !="),
        refused("No such value.", 'status == "employe"', "rule.type", "is not a value of status", '"employee"'),
        refused("A date and money.", "born + wage", "rule.type", "cannot be added", "whole days"),
        refused(
            "An aggregate in an aggregate.",
            "household.sum(household.count(married))",
            "rule.aggregate",
            "inside another",
        ),
        refused("Too many digits.", "n + 1234567890123456789", "rule.limit", "too many digits"),
        refused(
            "A result that is too large.", "n * n * n * n", "rule.overflow", "too large for 64 bits", "narrower bounds"
        ),
        refused("Far too long.", "n + " * 2000 + "n", "rule.limit", "too long", "variables of their own"),
        refused("Far too deep.", "not " * 100 + "married", "rule.limit", "too large", "variables of their own"),
        refused("A call into Python.", '__import__("os")', "rule.syntax", "double underscore"),
        refused("An attribute of a value.", "n.__class__", "rule.syntax", "double underscore"),
        refused("A function written in place.", "(lambda: 1)()", "rule.syntax", "Lambda is not part"),
        refused("A comprehension.", "[x for x in (1, 2)]", "rule.syntax", "is not part of the rule language"),
        refused("An assignment in place.", "(x := 1)", "rule.syntax", "is not part of the rule language"),
        refused("SQL in a name.", '"x\'; drop table persons; --" == status', "rule.type", "is not a value of status"),
        Refusal(
            "Rules in a circle.",
            "variables: {a: b + 1, b: a + 1}",
            "rule.cycle",
            "need each other",
            "break the circle",
        ),
        Refusal(
            "A declared type that the rule does not give.",
            INPUTS + "variables: {v: {type: money/month, formula: n + 1}}",
            "rule.type",
            "its declared type is",
            "change the formula or the declared `type`",
        ),
        Refusal(
            "More decimals than are declared.",
            INPUTS + "variables: {v: {type: integer, formula: n * 0.5}}",
            "rule.type",
            "decimals",
            "round_to",
        ),
        Refusal(
            "A table with a gap.",
            'tables: {t: {keys: {n: {unit: integer, band: true}}, columns: {g: integer}, rows: [["<= 5", 1]]}}',
            "rule.table_gap",
            "nothing stands above 5",
            "otherwise",
        ),
        Refusal(
            "Bands that do not rise.",
            "tables: {t: {keys: {n: {unit: integer, band: true}}, columns: {g: integer}, "
            'rows: [["<= 5", 1], ["<= 3", 2], ["any", 3]]}}',
            "rule.table_overlap",
            "do not rise",
            "from the lowest",
        ),
        Refusal(
            "A row that is too short.",
            "tables: {t: {keys: {n: integer}, columns: {g: integer}, rows: [[1]], otherwise: {g: 0}}}",
            "rule.table_row",
            "has 1 cells, 2 are expected",
        ),
        Refusal(
            "A cell that is none.",
            "tables: {t: {keys: {n: integer}, columns: {g: boolean}, rows: [[1, perhaps]], otherwise: {g: true}}}",
            "rule.table_cell",
            "is not true or false",
        ),
        Refusal(
            "A figure that does not fit its unit.",
            "parameters: {p: {unit: boolean, values: {2025-01-01: 5}}}",
            "rule.parameter",
            "is not true or false",
        ),
    ),
)
test_refusals = refusals_test(TOPIC)
