"""What a person asks for by name: an output of a pack, and facts written as `name=value`.

Names are found as they are typed, with or without their scheme; what is not found is refused with the nearest names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

from ayni.core.errors import AyniError, ExitCode, raise_all
from ayni.packs.case_values import read_value
from ayni.packs.files import available_packs
from ayni.packs.model import Pack
from ayni.packs.problems import corrected, one_of
from ayni.rules.types import Kind, Shape

# What may stand for "nobody knows" in `--given`.
UNKNOWN = ("", "unknown", "null")
NEAR_MAX = 3


def split_country(named: str, country: str | None) -> tuple[str, str]:
    """The country and the output in `cr.ccss_independent.sem_insured`; `country` is what was said besides.

    Raises AyniError cli.no_country where nobody says it, cli.two_countries where both say different ones.
    """
    first, _, rest = named.partition(".")
    if country is not None and (not rest or first.upper() not in available_packs()):
        return country, named
    if len(first) != 2 or not rest:
        raise AyniError(
            "cli.no_country",
            "The country is not named",
            found=named,
            expected="country.scheme.output, such as cr.ccss_independent.sem_insured",
            action=f"write it in front, or add --country {available_packs()[0]}",
            exit_code=ExitCode.USAGE,
        )
    if country is not None and country.lower() != first.lower():
        raise AyniError(
            "cli.two_countries",
            "Two countries are named",
            found=f"{first.upper()} and {country}",
            action=f"leave out --country, or write {rest}",
            exit_code=ExitCode.USAGE,
        )
    return first, rest


def find_output(pack: Pack, named: str) -> str:
    """The full name of an output: as written, or a short name that only one scheme has.

    Raises AyniError input.output.
    """
    known = pack.program.variables
    if named in known:
        return named
    same = [name for name in known if name.rpartition(".")[2] == named]
    if len(same) == 1:
        return same[0]
    country = pack.country.lower()
    if same:
        action = f"write one of {one_of(same)}"
    elif named in pack.rulebook.parameters or named in pack.rulebook.tables:
        action = f"it is a figure of the pack; see `ayni pack explain {country}.SCHEME`"
    else:
        near = near_outputs(named, known)
        action = f"write {one_of(near)}" if near else f"see `ayni pack explain {country}.SCHEME` for what a scheme has"
    raise AyniError(
        "input.output",
        f"Several schemes have an output {named}" if same else f"The pack {pack.country} has no output {named}",
        found=named,
        expected="scheme.output, such as " + next((name for name in known if "." in name), next(iter(known), "")),
        action=action,
    )


def first_day(pack: Pack) -> date:
    """The first day for which the pack has both a scheme and a figure."""
    book = pack.rulebook
    figures = [value.valid_from for parameter in book.parameters.values() for value in parameter.values]
    figures += [version.valid_from for table in book.tables.values() for version in table.versions]
    schemes = [scheme.in_force for scheme in pack.schemes.values()]
    return max(min(figures, default=date.min), min(schemes, default=date.min))


def refuse_early_day(pack: Pack, day: date) -> None:
    """Raise pack.date_before_first for a day before the pack's first rules."""
    first = first_day(pack)
    if day < first:
        raise AyniError(
            "pack.date_before_first",
            f"The pack {pack.country} has no rules for {day}",
            found=str(day),
            expected=f"a day from {first} on",
            action=f"write --on {first}, or a later day",
        )


def near_outputs(named: str, known: Iterable[str]) -> list[str]:
    """The outputs that were probably meant, the nearest first."""
    names = list(known)
    short: dict[str, list[str]] = {}
    for name in names:
        short.setdefault(name.rpartition(".")[2], []).append(name)
    found = dict.fromkeys(get_close_matches(named, names, n=NEAR_MAX, cutoff=0.7))
    for match in get_close_matches(named.rpartition(".")[2], short, n=NEAR_MAX, cutoff=0.75):
        found.update(dict.fromkeys(short[match]))
    return list(found)[:NEAR_MAX]


def read_given(pack: Pack, written: Sequence[str]) -> dict[str, Any]:
    """Facts written as `name=value`, each as a column of its type holds it; money in major units, None for unknown.

    Raises AyniError or AyniErrors: cli.given (the form), cli.given_twice, input.name, input.type.
    """
    found: dict[str, Any] = {}
    problems: list[AyniError] = []
    for text in written:
        name, equals, value = (part.strip() for part in text.partition("="))
        try:
            if not equals or not name:
                raise AyniError(
                    "cli.given",
                    "A fact is written as name=value",
                    found=text,
                    expected="such as monthly_net_income=500000",
                    exit_code=ExitCode.USAGE,
                )
            if name in found:
                raise AyniError(
                    "cli.given_twice", f"`{name}` is given twice", found=text, action="keep one value for each name",
                    exit_code=ExitCode.USAGE,
                )  # fmt: skip
            found[name] = _read(name, value, _shape(pack, name))
        except AyniError as problem:
            problems.append(problem)
    raise_all(problems)
    return found


def _shape(pack: Pack, name: str) -> Shape:
    """The type and bounds of an input, or of a variable that is given in place of its rule."""
    program = pack.program
    if name in program.inputs:
        return program.inputs[name]
    if name in program.variables:
        return Shape(program.variables[name].node.shape.type)
    known = [*program.inputs, *program.variables]
    raise AyniError(
        "input.name",
        f"The rules of {pack.country} know no `{name}`",
        found=name,
        expected="an input or a result of the pack",
        action=corrected(name, known)
        or f"see `ayni pack explain {pack.country.lower()}.SCHEME` for what a scheme asks",
    )


def _read(name: str, value: str, shape: Shape) -> Any:
    if value in UNKNOWN:
        return None
    try:
        return read_value(value, shape)
    except ValueError as error:
        raise AyniError("input.type", f"`{name}`: {error}", found=value, expected=_expected(shape)) from None


def _expected(shape: Shape) -> str:
    kind = shape.type
    match kind.kind:
        case Kind.MONEY:
            period = f" a {kind.period}" if kind.period else ""
            return f"an amount in {kind.currency}{period}, such as 1250.50"
        case Kind.NUMBER:
            return "a whole number" if kind.scale == 0 else "a number, such as 0.5"
        case Kind.BOOLEAN:
            return "true or false"
        case Kind.ENUM:
            return f"one of {one_of(kind.values)}"
        case Kind.MONTH:
            return "a month, such as 2026-03"
    return "a day, such as 1990-05-31"
