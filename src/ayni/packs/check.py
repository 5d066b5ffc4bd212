"""Checking a pack: everything that can be found wrong, doubtful or unfinished without running a case.

Errors must be mended before a pack ships, warnings should be, and notes say what a reader must know (figures that no
jurist has checked yet). The day is passed in: nothing here asks the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ayni.core.errors import AyniError, AyniErrors, Location
from ayni.packs.case_files import Case, read_case_files
from ayni.packs.check_texts import missing_texts
from ayni.packs.files import FOLDERS, PackFiles, find_pack, scan
from ayni.packs.loader import load_pack
from ayni.packs.model import OUTSIDE, Pack, Scheme
from ayni.packs.problems import one_of
from ayni.rules.definitions import DatedValue, Evidence, TableVersion, VariableDefinition
from ayni.rules.nodes import Constant, TableLookup
from ayni.rules.plan import make_plan
from ayni.rules.program import Program
from ayni.rules.types import day_number

TOP_FILES = ("pack.yaml", "sources.yaml", "README.md")
# How a plan marks a rule that stands from a later day only.
NOT_BEGUN = "rule"
FILE_SUFFIXES = (".yaml", ".csv", ".md")


class Severity(StrEnum):
    """How grave a finding is, the gravest first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """One thing that a check found, with the place and what to do."""

    severity: Severity
    code: str
    title: str
    location: Location | None = None
    found: str | None = None
    expected: str | None = None
    action: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "severity": str(self.severity),
            "code": self.code,
            "title": self.title,
            "location": None if self.location is None else str(self.location),
            "found": self.found,
            "expected": self.expected,
            "action": self.action,
        }

    def __str__(self) -> str:
        place = "" if self.location is None else f"{self.location}: "
        details = [
            f"  {label}: {text}"
            for label, text in (("found", self.found), ("expected", self.expected), ("do", self.action))
            if text
        ]
        return "\n".join([f"{self.severity}: {place}{self.title}", *details, f"  code: {self.code}"])


def check_folder(country_or_path: str | Path, today: date) -> list[Finding]:
    """Check a pack that may not even load. Raises AyniError only where there is no pack at all."""
    find_pack(country_or_path)
    try:
        pack = load_pack(country_or_path)
    except AyniError as error:
        return _from_errors(error)
    return check_pack(pack, today)


def check_pack(pack: Pack, today: date) -> list[Finding]:
    """Everything found in a loaded pack, errors first, then warnings and notes, each in the order of the files."""
    findings = [
        *_check_rules(pack),
        *_check_files(scan(pack.folder)),
        *_check_sources(pack),
        *_check_dates(pack, today),
        *_check_texts(pack),
        *_check_schemes(pack),
        *_check_identifiers(pack),
        *_check_cases(pack),
        *_notes(pack),
    ]
    order = list(Severity)
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def _from_errors(error: AyniError) -> list[Finding]:
    errors = error.errors if isinstance(error, AyniErrors) else (error,)
    return [
        Finding(Severity.ERROR, one.code, one.title, one.location, one.found, one.expected, one.action)
        for one in errors
    ]


def _check_rules(pack: Pack) -> list[Finding]:
    """Types, bounds and order: the kernel refuses what has none."""
    try:
        _ = pack.program
    except AyniError as error:
        return _from_errors(error)
    return []


def _check_files(files: PackFiles) -> Iterator[Finding]:
    for path in files.paths:
        folder = str(path.parent)
        if path.suffix in (".py", ".pyc", ".so", ".sh"):
            title, severity = "A pack holds data only, no programs", Severity.ERROR
        elif (folder == "." and path.name in TOP_FILES) or (folder in FOLDERS and path.suffix in FILE_SUFFIXES):
            continue
        else:
            title, severity = "The file is not read", Severity.WARNING
        yield Finding(
            severity,
            "pack.unexpected_file",
            title,
            Location(files.name(path)),
            found=path.name,
            expected=f"pack.yaml, sources.yaml, and files .yaml or .csv in {one_of(FOLDERS)}",
            action="remove it, or move it to where it belongs",
        )


def _figures(pack: Pack) -> Iterator[tuple[str, DatedValue | TableVersion, Location | None]]:
    """Every dated figure: of parameters that are known, and of tables."""
    for parameter in pack.rulebook.parameters.values():
        for value in parameter.values:
            if value.value is not None:
                yield parameter.name, value, parameter.location
    for table in pack.rulebook.tables.values():
        for version in table.versions:
            yield table.name, version, table.location


def _check_sources(pack: Pack) -> Iterator[Finding]:
    for name, figure, location in _figures(pack):
        if not figure.evidence.source:
            yield _no_source(f"`{name}` from {figure.valid_from} has no source", location)
    answers = {scheme.column(named) for scheme in pack.schemes.values() for named in _outputs(scheme)}
    for variable in pack.rulebook.variables.values():
        # That a pack has no rules for a group is no rule of law.
        if (
            variable.name == "eligible"
            or variable.scheme == OUTSIDE
            or variable.evidence.source
            or variable.evidence.article
        ):
            continue
        scheme = pack.schemes.get(variable.scheme or "")
        is_condition = scheme is not None and variable.name in scheme.conditions
        if is_condition or variable.qualified_name in answers:
            yield _no_source(f"The rule `{variable.qualified_name}` has neither source nor article", variable.location)
    for scheme in pack.schemes.values():
        for benefit in scheme.benefits:
            if not benefit.evidence.source:
                yield _no_source(f"A benefit of {scheme.id} has no source", benefit.location)
        for item in (*scheme.documents, *scheme.steps.individual, *scheme.steps.unit, *scheme.penalties):
            if not item.evidence.source:
                yield _no_source(f"A document, step or penalty of {scheme.id} has no source", item.location)


def _no_source(title: str, location: Location | None) -> Finding:
    return Finding(
        Severity.ERROR,
        "pack.no_source",
        title,
        location,
        expected="source: [keys of sources.yaml]",
        action="add the source; where nothing was looked up, MK, which marks the result as unconfirmed",
    )


def _outputs(scheme: Scheme) -> list[str]:
    """The variables that a scheme gives as answers, as it names them, each once."""
    named: list[str | None] = [contribution.variable for contribution in scheme.contributions]
    for benefit in scheme.benefits:
        named += [benefit.qualifies, benefit.amount, benefit.duration]
    return list(dict.fromkeys(name for name in named if name is not None))


def _check_dates(pack: Pack, today: date) -> Iterator[Finding]:
    locations = _locations(pack)
    for name, review in pack.reviews.items():
        if review.next_review is None:
            continue
        place = locations[name]
        if review.reviewed is not None and review.next_review < review.reviewed:
            yield Finding(
                Severity.ERROR,
                "pack.review_order",
                f"The next review of `{name}` lies before the last one",
                place,
                found=f"{review.next_review}, reviewed {review.reviewed}",
                action="correct one of the dates",
            )
        if review.next_review < today:
            yield Finding(
                Severity.WARNING,
                "pack.review_due",
                f"`{name}` was to be looked at again by {review.next_review}",
                place,
                action="look at the figure, then set `reviewed` and `next_review`",
            )
    for scheme in pack.schemes.values():
        if scheme.until is not None and scheme.until <= scheme.in_force:
            yield Finding(
                Severity.ERROR,
                "pack.scheme_dates",
                f"{scheme.id} ends before it begins",
                scheme.location,
                found=f"in force {scheme.in_force}, until {scheme.until}",
                action="correct one of the dates",
            )
        yield from _gaps(pack, scheme, today)


def _locations(pack: Pack) -> dict[str, Location | None]:
    """Where each parameter, table and rule stands."""
    book = pack.rulebook
    places = {name: item.location for name, item in book.parameters.items()}
    places |= {name: item.location for name, item in book.tables.items()}
    return {**places, **{name: item.location for name, item in book.variables.items()}}


def _gaps(pack: Pack, scheme: Scheme, today: date) -> Iterator[Finding]:
    """Figures and rules that amounts due or eligibility need on some day of the scheme, and that the pack lacks then.

    The kernel is asked what it would lack on each day on which a figure, table or rule changes.
    """
    outputs = [scheme.eligible, *(scheme.column(contribution.variable) for contribution in scheme.contributions)]
    try:
        program = pack.program
    except AyniError:
        return
    last = today if scheme.until is None else min(today, scheme.until - timedelta(days=1))
    asked = [day for day in _days_of_change(pack, scheme, outputs) if day <= last]
    lacking: dict[str, list[date]] = {}
    for day in asked:
        for name in _lacking(program, outputs, day_number(day)):
            lacking.setdefault(name, []).append(day)
    for name, missing in lacking.items():
        following = next((day for day in asked if day > missing[-1]), None)
        span = f"from {missing[0]}" + (f" until {following}" if following else "")
        parameter = pack.rulebook.parameters.get(name)
        is_stated = parameter is not None and any(value.valid_from <= missing[0] for value in parameter.values)
        yield Finding(
            Severity.INFO if is_stated else Severity.WARNING,
            "pack.figure_unknown" if is_stated else "pack.date_gap",
            f"{scheme.id} needs `{name}` {span}",
            _locations(pack).get(name, scheme.location),
            found="the pack states that the figure is unknown" if is_stated else "the pack has none for these days",
            expected=None if is_stated else f"one from {missing[0]}, or a later `in_force` of the scheme",
            action="add it; until then results of these days are undecided",
        )


def _days_of_change(pack: Pack, scheme: Scheme, outputs: list[str]) -> list[date]:
    """The first day of the scheme, and the later days on which something that the outputs rest on changes."""
    book, program = pack.rulebook, pack.program
    closure = program.closure(outputs)
    names = {name for variable in closure for name in program.variables[variable].names}
    days = {day for variable in closure for day, _ in program.variables[variable].definition.formulas}
    days |= {value.valid_from for name in names if name in book.parameters for value in book.parameters[name].values}
    days |= {version.valid_from for table in book.tables.values() for version in table.versions}
    return sorted({scheme.in_force, *(day for day in days if day > scheme.in_force)})


def _lacking(program: Program, outputs: list[str], day: int) -> list[str]:
    """The figures and rules that a plan for one day (a day number) needs and does not have."""
    names: set[str] = set()
    for node in make_plan(program, outputs, day=day, columns=()).walk():
        if isinstance(node, TableLookup) and not node.versions:
            names.add(node.table)
        elif isinstance(node, Constant) and node.value is None and node.origin is not None:
            names.add(node.origin)
    if NOT_BEGUN in names:
        # The node says that a rule had not begun; which one, the plan says that keeps every rule apart.
        rules = make_plan(program, outputs, day=day, columns=(), fold=False).variables
        begun_later = {name for name, node in rules.items() if isinstance(node, Constant) and node.origin == NOT_BEGUN}
        names = (names - {NOT_BEGUN}) | begun_later
    return sorted(names)


def _check_texts(pack: Pack) -> Iterator[Finding]:
    for what, languages, location in missing_texts(pack):
        yield Finding(
            Severity.ERROR,
            "pack.translation_missing",
            f"{what} is not written in {one_of(languages)}",
            location,
            expected=f"words in {one_of(pack.languages)}",
            action=f"add {', '.join(f'`{language}:`' for language in languages)}",
        )


def _check_schemes(pack: Pack) -> Iterator[Finding]:
    for scheme in pack.schemes.values():
        for part, place in [
            *((contribution.branches, contribution.location) for contribution in scheme.contributions),
            *(((benefit.branch,), benefit.location) for benefit in scheme.benefits),
        ]:
            strange = [branch for branch in part if branch not in scheme.branches]
            if strange:
                yield Finding(
                    Severity.ERROR,
                    "pack.branch_not_covered",
                    f"{scheme.id} does not name {one_of(strange)} among its branches",
                    place,
                    expected=one_of(scheme.branches) or "no branch",
                    action="add it to `branches`, or correct it here",
                )
        for condition in scheme.conditions.values():
            if not condition.unmet:
                yield Finding(
                    Severity.WARNING,
                    "pack.no_reason",
                    f"The condition `{condition.name}` of {scheme.id} has no words for when it is not met",
                    condition.location,
                    action="add `unmet:`",
                )


def _check_identifiers(pack: Pack) -> Iterator[Finding]:
    for identifier in pack.identifiers.values():
        if identifier.stdnum is None:
            continue
        try:
            is_known = find_spec(f"stdnum.{identifier.stdnum}") is not None
        except (ModuleNotFoundError, ValueError):
            is_known = False
        if not is_known:
            yield Finding(
                Severity.ERROR,
                "pack.unknown_stdnum",
                f"python-stdnum has no module `{identifier.stdnum}`",
                Location(f"{pack.folder.name}/pack.yaml", None, f"identifiers.{identifier.key}"),
                action="correct the name, or write a `pattern:`",
            )


def _check_cases(pack: Pack) -> Iterator[Finding]:
    """A case for every answer of every scheme, and for whether a person may join it."""
    try:
        cases = read_case_files(pack.case_files, pack.country)
    except AyniError as error:
        yield from _from_errors(error)
        return
    asked = _asked(pack, cases)
    for scheme in pack.schemes.values():
        for column in [scheme.eligible, *(scheme.column(named) for named in _outputs(scheme))]:
            if column not in asked and column in pack.rulebook.variables:
                yield Finding(
                    Severity.ERROR,
                    "pack.case_missing",
                    f"No case asks for `{column}`",
                    pack.rulebook.variables[column].location,
                    expected=f"a case of {scheme.id} in {pack.folder.name}/cases",
                    action="work one out from the law and add it",
                )


def _asked(pack: Pack, cases: Iterable[Case]) -> set[str]:
    asked = set()
    for case in cases:
        for expectation in case.expectations:
            short_name = expectation.scheme.partition(".")[2]
            scheme = pack.schemes.get(short_name)
            asked.add(expectation.output if scheme is None else scheme.column(expectation.output))
            # `outside.<group>` and other qualified names.
            asked.add(f"{short_name}.{expectation.output}")
    return asked


def _notes(pack: Pack) -> Iterator[Finding]:
    """What readers must know: what no jurist has checked, and what rests on unverified knowledge."""
    evidence = list(_all_evidence(pack))
    unchecked = sum(1 for _, one, _ in evidence if one.checked_by is None)
    if pack.checked_by is None and unchecked:
        yield Finding(
            Severity.INFO,
            "pack.not_checked",
            f"{unchecked} of {len(evidence)} figures and rules are not yet checked by a jurist",
            Location(f"{pack.folder.name}/pack.yaml", None, "checked_by"),
            action="have a named jurist check them, then write the name in `checked_by`",
        )
    for name, one, location in evidence:
        if one.source and not one.is_confirmed:
            yield Finding(
                Severity.INFO,
                "pack.unconfirmed",
                f"`{name}` is unconfirmed",
                location,
                found=f"confidence {one.confidence}, source {', '.join(one.source)}",
                action="look it up in the law",
            )


def _all_evidence(pack: Pack) -> Iterator[tuple[str, Evidence, Location | None]]:
    for name, figure, location in _figures(pack):
        yield f"{name} from {figure.valid_from}", figure.evidence, location
    for variable in _written_rules(pack):
        yield variable.qualified_name, variable.evidence, variable.location


def _written_rules(pack: Pack) -> Iterator[VariableDefinition]:
    for variable in pack.rulebook.variables.values():
        if variable.name != "eligible":
            yield variable
