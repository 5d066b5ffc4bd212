"""Starting a pack: a small folder that already loads, checks and tests, for a jurist to replace with the law.

The figures of the skeleton are marked as unverified, so that nobody takes them for law.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template

from ayni.core.errors import AyniError, ExitCode
from ayni.packs.problems import one_of, suggest

SKELETON = Path(__file__).parent / "skeleton"
# Languages in which the skeleton is written; a pack in another one starts with the English words.
WRITTEN = ("en", "es")
EUROPEAN_UNION = "EU"


@dataclass(frozen=True)
class Skeleton:
    """What was written: the folder, and its files in order."""

    folder: Path
    files: tuple[Path, ...]


def write_skeleton(
    country: str, folder: Path | None, languages: tuple[str, ...], currency: str | None, today: date
) -> Skeleton:
    """Write a new pack for a country into `folder` (`./cc` when None), which must not exist or be empty.

    Raises AyniError for a country, language or currency that does not exist, and for a folder that holds something.
    """
    code = _country(country)
    money, decimals = _currency(code, currency)
    target = folder or Path(code.lower())
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise AyniError(
            "pack.folder_not_empty",
            "There is something in the place of the new pack",
            found=str(target),
            expected="a folder that does not exist yet",
            action="name another one with --folder",
        )
    known = tuple(dict.fromkeys(_language(language) for language in languages))
    values = {
        "cc": code.lower(),
        "CC": code,
        "currency": money,
        "decimals": str(decimals),
        "languages": ", ".join(known),
        "names": _names(code, known),
        "version": f"{today.year}.{today.month}.1",
        "day": f"{today.year}-01-01",
        "today": today.isoformat(),
        "next_review": f"{today.year + 1}-01-15",
    }
    files = []
    for source in sorted(SKELETON.rglob("*.*")):
        path = target / source.relative_to(SKELETON)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = _in_languages(source.read_text(encoding="utf-8"), known)
        path.write_text(Template(text).substitute(values), encoding="utf-8")
        files.append(path)
    return Skeleton(target, tuple(files))


def _country(given: str) -> str:
    import pycountry

    code = given.upper()
    if code == EUROPEAN_UNION or pycountry.countries.get(alpha_2=code) is not None:
        return code
    names = {country.name.lower(): country.alpha_2 for country in pycountry.countries}
    near = suggest(given, names)
    raise AyniError(
        "pack.no_such_country",
        "This is not the code of a country",
        found=given,
        expected="two letters of ISO 3166-1, such as CR, or EU",
        action=f"write {names[near]}" if near else "look the code up",
        exit_code=ExitCode.USAGE,
    )


def _currency(country: str, given: str | None) -> tuple[str, int]:
    """The currency of the pack and its decimals."""
    import pycountry
    from babel.numbers import get_currency_precision, get_territory_currencies

    current = ["EUR"] if country == EUROPEAN_UNION else get_territory_currencies(country)
    if given is None and not current:
        raise AyniError(
            "pack.no_currency",
            f"The currency of {country} is not known",
            expected="three letters of ISO 4217, such as CRC",
            action="name it with --currency",
            exit_code=ExitCode.USAGE,
        )
    code = (given or current[-1]).upper()
    if pycountry.currencies.get(alpha_3=code) is None:
        raise AyniError(
            "pack.no_such_currency",
            "This is not the code of a currency",
            found=code,
            expected="three letters of ISO 4217, such as CRC",
            action=f"write {one_of(current)}" if current else "look the code up",
            exit_code=ExitCode.USAGE,
        )
    return code, get_currency_precision(code)


def _language(given: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(given).language)
    except (UnknownLocaleError, ValueError):
        raise AyniError(
            "pack.no_such_language",
            "This is not the code of a language",
            found=given,
            expected="a code such as en, es, fr, pt or ar",
            action="write the code of ISO 639",
            exit_code=ExitCode.USAGE,
        ) from None


def _names(country: str, languages: tuple[str, ...]) -> str:
    from babel import Locale

    names = {language: Locale.parse(language).territories.get(country, country) for language in languages}
    return "{" + ", ".join(f'{language}: "{name}"' for language, name in names.items()) + "}"


def _in_languages(text: str, languages: tuple[str, ...]) -> str:
    """The words of a line `key: {en: …, es: …}` in the languages of the pack; English where the skeleton has no other.

    The skeleton writes such words on one line, each in double quotes.
    """
    lines = []
    for line in text.splitlines():
        start = line.find('{en: "')
        if start < 0:
            lines.append(line)
            continue
        end = line.index('"}', start) + 2
        parts = line[start + 1 : end - 1].split('", ')
        words = {part.split(":", 1)[0]: part.split(": ", 1)[1].strip('"') for part in parts}
        chosen = ", ".join(f'{language}: "{words.get(language, words["en"])}"' for language in languages)
        lines.append(f"{line[:start]}{{{chosen}}}{line[end:]}")
    return "\n".join(lines) + "\n"
