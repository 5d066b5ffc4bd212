"""Mapping files: YAML to `Mapping` and back. All that is wrong with the form of a file is said at once."""

from __future__ import annotations

import re
from collections import abc
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from ayni.core.errors import AyniError, Location, raise_all
from ayni.roster import catalogue
from ayni.roster.dates import DateOrder
from ayni.roster.fields import Period
from ayni.roster.mapping import VERSION, Comparison, Condition, Mapping, Rule, WhenRule
from ayni.roster.names import nearest
from ayni.roster.yaml_text import TextYamlError, read_text_yaml

BYTES_MAX = 1 << 20
RULES_MAX = 500
FACTOR_DIGITS_MAX = 8

_TOP_KEYS = ("version", "columns", "ignore", "missing_values")
_SOURCE_KEYS = ("column", "columns", "constant", "when")
_RULE_KEYS = (
    *_SOURCE_KEYS,
    *("otherwise", "joiner", "values", "missing_values", "only_if", "date_order", "decimal", "factor", "because"),
    "period",
)
_COMPARISON = re.compile(r"^(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)$")
_PERIODS = {
    **{period.value: period for period in Period},
    "monthly": Period.MONTH,
    "yearly": Period.YEAR,
    "annual": Period.YEAR,
    "quarterly": Period.QUARTER,
    "daily": Period.DAY,
}


def load_mapping(path: str | Path, *, language: str = "en") -> Mapping:
    """Read a mapping file. Raises AyniError or AyniErrors: roster.mapping_not_found, mapping_yaml, mapping_version,
    mapping_entry, mapping_unknown_key, mapping_needs_because."""
    shown = str(path)
    try:
        if Path(path).stat().st_size > BYTES_MAX:
            raise catalogue.refusal("roster.mapping_yaml", language, Location(shown), reason=f"> {BYTES_MAX:,} bytes")
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise catalogue.refusal("roster.mapping_not_found", language, Location(shown), reason=reason) from error
    except UnicodeDecodeError as error:
        raise catalogue.refusal("roster.mapping_yaml", language, Location(shown), reason="not UTF-8") from error
    return parse_mapping(text, path=shown, language=language)


def parse_mapping(text: str, *, path: str = "mapping", language: str = "en") -> Mapping:
    """A mapping from the text of its file; raises as `load_mapping` does."""
    try:
        content = read_text_yaml(text)
    except TextYamlError as error:
        location = Location(path, line=error.line)
        raise catalogue.refusal("roster.mapping_yaml", language, location, reason=error.reason) from error
    reader = _Reader(path, language)
    mapping = reader.mapping(content)
    raise_all(reader.errors)
    return mapping


class _Reader:
    """Turns the plain content of a file into a mapping and keeps all errors."""

    def __init__(self, path: str, language: str) -> None:
        self.path = path
        self.language = language
        self.errors: list[AyniError] = []

    def fail(self, code: str, key: str, **values: object) -> None:
        self.errors.append(catalogue.refusal(code, self.language, Location(self.path, key=key), **values))

    def wrong(self, key: str, found: object, expected: str) -> None:
        """An entry of another form than expected."""
        texts = catalogue.messages()["remarks"]
        words = catalogue.sentence("remarks", expected, self.language, {}) if expected in texts else expected
        self.fail("roster.mapping_entry", key, found=_shown(found), wanted=words)

    def mapping(self, content: Any) -> Mapping:
        if not isinstance(content, dict):
            self.wrong("", content, "expect_mapping")
            return Mapping({})
        self.known_keys(content, _TOP_KEYS, "")
        if content.get("version") != VERSION:
            self.fail("roster.mapping_version", "version", found=_shown(content.get("version")), version=VERSION)
        entries = content.get("columns") or {}
        if not isinstance(entries, dict):
            self.wrong("columns", entries, "expect_entries")
            entries = {}
        rules = {name: self.rule(name, entry) for name, entry in entries.items()}
        ignore = self.texts("ignore", content.get("ignore"))
        return Mapping(rules, ignore, self.texts("missing_values", content.get("missing_values")), path=self.path)

    def known_keys(self, entry: abc.Mapping[str, Any], known: abc.Sequence[str], key: str) -> None:
        for name in entry:
            if name not in known:
                place = f"{key}.{name}".lstrip(".")
                hint = nearest(name, known) or ", ".join(known)
                self.fail("roster.mapping_unknown_key", place, found=name, hint=hint)

    def texts(self, key: str, value: Any) -> tuple[str, ...]:
        """A list of texts; one text alone counts as a list of one."""
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.wrong(key, value, "expect_list")
        return ()

    def rule(self, name: str, entry: Any) -> Rule:
        key = f"columns.{name}"
        if isinstance(entry, str):
            return Rule(name, columns=(entry,))
        if not isinstance(entry, dict):
            self.wrong(key, entry, "expect_entry")
            return Rule(name)
        self.known_keys(entry, _RULE_KEYS, key)
        sources = [source for source in _SOURCE_KEYS if entry.get(source) is not None]
        if len(sources) != 1:
            self.wrong(key, ", ".join(sources) or None, " | ".join(_SOURCE_KEYS))
        if "factor" in entry and not entry.get("because"):
            self.fail("roster.mapping_needs_because", key, factor=_shown(entry["factor"]))
        columns = self.texts(f"{key}.column", entry.get("column")) or self.texts(f"{key}.columns", entry.get("columns"))
        return Rule(
            name,
            columns=columns,
            constant=self.text(f"{key}.constant", entry.get("constant")),
            when=self.when(f"{key}.when", entry.get("when")),
            otherwise=self.text(f"{key}.otherwise", entry.get("otherwise")),
            joiner=self.text(f"{key}.joiner", entry.get("joiner")),
            values=self.values(f"{key}.values", entry.get("values")),
            missing_values=self.texts(f"{key}.missing_values", entry.get("missing_values")),
            only_if=self.conditions(f"{key}.only_if", entry.get("only_if")),
            date_order=self.choice(f"{key}.date_order", entry.get("date_order"), {o.value: o for o in DateOrder}),
            decimal=self.choice(f"{key}.decimal", entry.get("decimal"), {",": ",", ".": "."}),
            factor=self.factor(f"{key}.factor", entry.get("factor")),
            because=self.text(f"{key}.because", entry.get("because")),
            period=self.choice(f"{key}.period", entry.get("period"), _PERIODS),
        )

    def text(self, key: str, value: Any) -> str | None:
        if value is None or isinstance(value, str):
            return value
        self.wrong(key, value, "expect_text")
        return None

    def choice(self, key: str, value: Any, choices: abc.Mapping[str, Any]) -> Any:
        if value is None:
            return None
        if isinstance(value, str) and value in choices:
            return choices[value]
        self.wrong(key, value, " | ".join(choices))
        return None

    def factor(self, key: str, value: Any) -> Decimal | None:
        if value is None:
            return None
        try:
            number = Decimal(value)
        except (InvalidOperation, TypeError, ValueError):
            number = Decimal(0)
        if not number.is_finite() or number <= 0 or _digits(number) > FACTOR_DIGITS_MAX:
            self.wrong(key, value, "expect_factor")
            return None
        return number

    def values(self, key: str, value: Any) -> dict[str, str | None]:
        if value is None:
            return {}
        if isinstance(value, dict) and all(item is None or isinstance(item, str) for item in value.values()):
            return {"" if code is None else str(code): meaning for code, meaning in value.items()}
        self.wrong(key, value, "expect_values")
        return {}

    def when(self, key: str, value: Any) -> tuple[WhenRule, ...]:
        if value is None:
            return ()
        if not isinstance(value, list) or not value or len(value) > RULES_MAX:
            self.wrong(key, value, "expect_when")
            return ()
        rules = []
        for place, entry in enumerate(value, start=1):
            at = f"{key}[{place}]"
            is_rule = isinstance(entry, dict) and set(entry) == {"if", "then"}
            if not is_rule or not isinstance(entry["then"], str | None):
                self.wrong(at, entry, "expect_when")
                continue
            rules.append(WhenRule(self.conditions(f"{at}.if", entry["if"]), entry["then"]))
        return tuple(rules)

    def conditions(self, key: str, value: Any) -> tuple[Condition, ...]:
        if value is None and not key.endswith(".if"):
            return ()
        if not isinstance(value, dict) or not value:
            self.wrong(key, value, "expect_condition")
            return ()
        return tuple(self.condition(f"{key}.{column}", column, wanted) for column, wanted in value.items())

    def condition(self, key: str, column: str, wanted: Any) -> Condition:
        listed = wanted if isinstance(wanted, list) else [wanted]
        if not listed or not all(item is None or isinstance(item, str) for item in listed):
            self.wrong(key, wanted, "expect_condition")
            return Condition(column)
        if isinstance(wanted, str) and (match := _COMPARISON.match(wanted.strip())):
            sign, number = match.groups()
            return Condition(column, comparison=Comparison(sign), number=Decimal(number))
        return Condition(column, tuple(listed))


def _digits(number: Decimal) -> int:
    """Digits needed to write a number as a fraction of whole numbers."""
    _, digits, exponent = number.normalize().as_tuple()
    assert isinstance(exponent, int)
    return max(len(digits) + max(exponent, 0), -exponent)


def _shown(value: object) -> str:
    """What was found, short enough to be read."""
    text = "–" if value is None else value if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def dump_mapping(mapping: Mapping, *, language: str = "en") -> str:
    """The text of a mapping file. Guesses carry their reason and how sure they are as a comment."""
    lines = [f"version: {VERSION}", "columns:" if mapping.rules else "columns: {}"]
    for name, rule in mapping.rules.items():
        if rule.reason is not None:
            reason = catalogue.sentence("reasons", rule.reason.code, language, rule.reason.values)
            lines.append(f"  # {round(rule.confidence * 100)} %: {' '.join(reason.split())}")
        lines.append(f"  {_flow(name)}: {_flow(_entry(rule))}")
    if mapping.ignore:
        lines.append(f"ignore: {_flow(list(mapping.ignore))}")
    if mapping.missing_values:
        lines.append(f"missing_values: {_flow(list(mapping.missing_values))}")
    return "\n".join(lines) + "\n"


def save_mapping(mapping: Mapping, path: str | Path, *, language: str = "en") -> None:
    """Write a mapping file that `load_mapping` reads back the same."""
    Path(path).write_text(dump_mapping(mapping, language=language), encoding="utf-8")


def _flow(value: object) -> str:
    """A value on one line of YAML."""
    text: str = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=float("inf"), sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")


def _entry(rule: Rule) -> dict[str, object]:
    """A rule as plain values, without what is not said."""
    entry: dict[str, object] = {}
    if len(rule.columns) == 1:
        entry["column"] = rule.columns[0]
    elif rule.columns:
        entry["columns"] = list(rule.columns)
    parts = {
        "constant": rule.constant,
        "when": [{"if": _conditions(item.conditions), "then": item.then} for item in rule.when],
        "otherwise": rule.otherwise,
        "joiner": rule.joiner,
        "values": dict(rule.values),
        "missing_values": list(rule.missing_values),
        "only_if": _conditions(rule.only_if),
        "date_order": rule.date_order and rule.date_order.value,
        "decimal": rule.decimal,
        "factor": None if rule.factor is None else format(rule.factor, "f"),
        "because": rule.because,
        "period": rule.period and rule.period.value,
    }
    return entry | {key: value for key, value in parts.items() if value not in (None, [], {})}


def _conditions(conditions: abc.Iterable[Condition]) -> dict[str, object]:
    return {item.column: _wanted(item) for item in conditions}


def _wanted(condition: Condition) -> object:
    if condition.comparison is not None:
        return f"{condition.comparison.value} {condition.number}"
    return condition.values[0] if len(condition.values) == 1 else list(condition.values)
