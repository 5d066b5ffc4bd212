"""The words of the summary, the report and the workbook, in the reader's language; numbers and dates as it writes them.

The texts stand in `locale/<language>.yaml`. A key that has no text is a bug and fails at once. A text with `one` and
`other` is chosen by `count`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, cached_property
from importlib import resources
from typing import Any

from ayni.core.errors import AyniError, ExitCode, Location
from ayni.roster.yaml_text import read_package_yaml

LANGUAGES = ("en", "es")
FALLBACK = "en"
# Parts are shown with one decimal where the whole is large enough for it to mean something.
WHOLE_FOR_DECIMALS = 500


@cache
def _tree(language: str) -> Mapping[str, Any]:
    tree: Mapping[str, Any] = read_package_yaml(f"locale/{language}.yaml")
    return tree


def languages() -> tuple[str, ...]:
    """The languages that have a file of texts."""
    folder = resources.files("ayni.roster").joinpath("locale")
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def language_of(wanted: str | None, of_pack: tuple[str, ...], environment: Mapping[str, str] = os.environ) -> str:
    """The language to write in: the one asked for, else that of the person's settings, else the pack's first.

    Raises AyniError check.unknown_language for one that has no texts.
    """
    known = languages()
    if wanted is not None:
        base = wanted.replace("_", "-").split("-")[0].lower()
        if base not in known:
            raise refusal("check.unknown_language", FALLBACK, found=wanted, known=", ".join(known))
        return base
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        base = environment.get(name, "").split("_")[0].split(".")[0].lower()
        if base in known and base in of_pack:
            return base
    return next((language for language in of_pack if language in known), FALLBACK)


def refusal(code: str, language: str, location: Location | None = None, **values: object) -> AyniError:
    """The error that stops a check, with the texts of `refusals`; its exit code stands there too."""
    parts = dict(_tree(language if language in LANGUAGES else FALLBACK)["refusals"][code])
    exit_code = ExitCode(int(parts.pop("exit", ExitCode.INVALID_INPUT)))
    filled = {part: text.format_map(values) for part, text in parts.items()}
    return AyniError(code, filled.pop("title"), **filled, location=location, exit_code=exit_code)


@dataclass(frozen=True)
class Texts:
    """Texts and formats of one language. country: ISO 3166-1 alpha-2, for how it writes numbers; currency: ISO 4217."""

    language: str
    country: str
    currency: str
    currency_decimals: int

    def __call__(self, key: str, **values: object) -> str:
        """The text of a dotted key, its braces filled in. Whole numbers are written as the language does."""
        text: Any = _tree(self.language)
        for part in key.split("."):
            text = text[part]
        if isinstance(text, Mapping):
            text = text["one" if values.get("count") == 1 else "other"]
        filled = {name: self.number(value) if type(value) is int else value for name, value in values.items()}
        return str(text).format_map(filled)

    def has(self, key: str) -> bool:
        """True where the key has a text."""
        text: Any = _tree(self.language)
        for part in key.split("."):
            if not isinstance(text, Mapping) or part not in text:
                return False
            text = text[part]
        return True

    @cached_property
    def _locale(self) -> Any:
        from babel import Locale, UnknownLocaleError

        try:
            return Locale(self.language, self.country.upper())
        except UnknownLocaleError:
            return Locale(self.language)

    def number(self, value: int) -> str:
        """A whole number."""
        from babel.numbers import format_decimal

        return format_decimal(value, locale=self._locale)

    def money(self, minor: int, *, whole: bool = False) -> str:
        """An amount in major units, without the currency. whole: to the nearest unit, halves up."""
        from babel.numbers import format_decimal

        amount = Decimal(minor).scaleb(-self.currency_decimals)
        if whole or self.currency_decimals == 0:
            return format_decimal(amount.quantize(Decimal(1), ROUND_HALF_UP), locale=self._locale)
        return format_decimal(amount, format=f"#,##0.{'0' * self.currency_decimals}", locale=self._locale)

    def percent(self, part: int, whole: int) -> str:
        """A part in percent, with a decimal where the whole is large; a dash where there is nobody."""
        if whole == 0:
            return "–"
        return self.percent_of(Decimal(part) / Decimal(whole), whole >= WHOLE_FOR_DECIMALS)

    def percent_of(self, share: Decimal, decimals: bool = True) -> str:
        """A share (0.058 is 5.8 %)."""
        from babel.numbers import format_decimal

        step = Decimal("0.1") if decimals else Decimal(1)
        rounded = (share * 100).quantize(step, ROUND_HALF_UP)
        return format_decimal(rounded, format="#,##0.#" if decimals else "#,##0", locale=self._locale) + "\u202f%"

    def percent_of_hundred(self, percent: int) -> str:
        """A whole percent."""
        return self.percent_of(Decimal(percent) / 100, decimals=False)

    def date(self, day: date) -> str:
        """A day in full: 1 March 2026."""
        from babel.dates import format_date

        return format_date(day, format=str(_tree(self.language)["formats"]["date"]), locale=self._locale)

    def listed(self, items: list[str] | tuple[str, ...]) -> str:
        """Several names in a row."""
        return ", ".join(items)
