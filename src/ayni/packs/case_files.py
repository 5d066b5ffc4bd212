"""Reading cases: tables (CSV), one row a case, and YAML for cases with histories or households.

A row or case that cannot be read becomes a case with a `reason`, which fails; a file that cannot be read, or that lacks
columns, is an error. Values stay as written here: what they must be, the runner knows.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ayni.core.errors import AyniError, Location, raise_all
from ayni.packs import schema
from ayni.packs.problems import Problems, Where, one_of, suggest
from ayni.packs.yaml_reader import YamlMap, read_text, read_yaml

REQUIRED_COLUMNS = ("country", "scheme", "date", "inputs", "output", "expected")
KNOWN_COLUMNS = ("id", *REQUIRED_COLUMNS, "tolerance")
MOST_FILE_BYTES = 128 * 1024 * 1024
MOST_CASES = 1_000_000
# A cell with many inputs is long; the limit of Python's reader is half of this.
MOST_CELL = 256 * 1024


@dataclass(frozen=True)
class History:
    """Monthly records of a person. `first` and `until` bound the months for which it is complete, `until` exclusive.

    Months are month numbers, `year * 12 + month - 1`. `months`: month number → column → value as written.
    """

    first: int
    until: int
    months: Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True)
class Person:
    """One person of a case. `household` is a key within the case; None: not stated."""

    key: str
    inputs: Mapping[str, Any]
    household: str | None = None
    history: History | None = None


@dataclass(frozen=True)
class Expectation:
    """What a case says of an output. `expected` as written; `is_undecided` when the output must not be decidable."""

    id: str
    person: str
    scheme: str
    output: str
    expected: str
    is_undecided: bool = False
    tolerance: Decimal = Decimal(0)


@dataclass(frozen=True)
class Case:
    """A case: on a day, for these persons, these results. `reason` says why it could not be read, and then it fails.

    fills_ordinary: inputs left out take their ordinary state (tables only).
    """

    id: str
    country: str
    day: date | None
    persons: tuple[Person, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    fills_ordinary: bool = False
    reason: str | None = None
    location: Location = field(default_factory=lambda: Location(""))


def read_case_files(paths: Sequence[str | Path], country: str | None = None) -> list[Case]:
    """All cases of the files, in order. `country` names the pack of YAML files that do not lie in a pack's folder.

    Raises AyniError for a file that is missing, empty, in another format, or without the columns expected.
    """
    cases: list[Case] = []
    errors: list[AyniError] = []
    for given in paths:
        path = Path(given)
        try:
            cases += read_case_file(path, country)
        except AyniError as error:
            errors.append(error)
    raise_all(errors)
    return cases


def read_case_file(path: Path, country: str | None = None) -> list[Case]:
    """The cases of one file: `.csv`, or `.yaml`."""
    if not path.is_file():
        folder = path.is_dir()
        raise AyniError(
            "cases.file_missing",
            "This is a folder, not a file of cases" if folder else "The file of cases does not exist",
            found=str(path),
            expected="a .csv or .yaml file",
            action=f"write {path}/*.csv" if folder else _near_file(path),
        )
    if path.suffix.lower() == ".csv":
        return _read_table(path)
    if path.suffix.lower() in (".yaml", ".yml"):
        return _read_yaml_cases(path, country)
    raise AyniError(
        "cases.file_format",
        "The file is not a file of cases",
        found=path.name,
        expected="a .csv or .yaml file",
        action="save it as CSV (comma separated, UTF-8)",
    )


def _near_file(path: Path) -> str:
    others = [other.name for other in path.parent.glob("*")] if path.parent.is_dir() else []
    guess = suggest(path.name, others)
    return f"write {path.parent / guess}" if guess else "check the path"


def _read_table(path: Path) -> list[Case]:
    try:
        text = read_text(path, str(path), MOST_FILE_BYTES)
    except AyniError as error:
        raise _of_cases(error) from error
    csv.field_size_limit(MOST_CELL)
    reader = csv.reader(io.StringIO(text))
    header = [name.strip() for name in next(reader, [])]
    if not any(header):
        raise AyniError(
            "cases.file_empty",
            "The table of cases is empty",
            location=Location(str(path)),
            expected=f"a header with {', '.join(KNOWN_COLUMNS)}",
            action="add the header and at least one row",
        )
    missing = [name for name in REQUIRED_COLUMNS if name not in header]
    if missing:
        hint = "save it with commas between the columns" if len(header) == 1 and ";" in header[0] else None
        guess = suggest(missing[0], header)
        raise AyniError(
            "cases.column_missing",
            f"The table has no column {one_of(missing)}",
            location=Location(str(path), 1),
            found=", ".join(header),
            expected=", ".join(KNOWN_COLUMNS),
            action=hint or (f"rename {guess} to {missing[0]}" if guess else "add it to the header"),
        )
    try:
        cases = [_read_row(header, row, path, reader.line_num) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise AyniError(
            "cases.csv_syntax",
            "The table cannot be read",
            location=Location(str(path), reader.line_num),
            found=str(error),
            action="check the quotes of this line",
        ) from error
    if not cases:
        raise AyniError(
            "cases.file_empty",
            "The table has a header and no cases",
            location=Location(str(path), 1),
            found="no row below the header",
            action="add at least one row",
        )
    if len(cases) > MOST_CASES:
        raise AyniError("cases.too_many", f"The table has more than {MOST_CASES} rows", location=Location(str(path)))
    return cases


def _of_cases(error: AyniError) -> AyniError:
    """The same problem as one of a table that a user gave, not of a pack: its exit code is that of invalid input."""
    return AyniError(
        error.code.replace("pack.", "cases.", 1),
        error.title,
        found=error.found,
        expected=error.expected,
        action=error.action,
        location=error.location,
    )


def _read_row(header: Sequence[str], row: Sequence[str], path: Path, line: int) -> Case:
    cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
    case_id = cells.get("id") or f"{path.name}:{line}"
    location = Location(str(path), line)
    country = cells.get("country", "").upper()
    expectation = Expectation(case_id, "", cells.get("scheme", ""), cells.get("output", ""), cells.get("expected", ""))
    try:
        if len(row) < len(header):
            raise ValueError(f"the row has {len(row)} cells and the header {len(header)}")
        inputs = _read_inputs(cells["inputs"])
        day = _read_day(cells["date"])
        tolerance = _read_tolerance(cells.get("tolerance", ""))
        if cells["expected"] == "":
            raise ValueError("nothing is expected: the cell `expected` is empty")
    except ValueError as error:
        return Case(case_id, country, None, (), (expectation,), reason=str(error), location=location)
    expectation = Expectation(case_id, "", cells["scheme"], cells["output"], cells["expected"], tolerance=tolerance)
    return Case(case_id, country, day, (Person("", inputs),), (expectation,), fills_ordinary=True, location=location)


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"the date {text!r} is not a day like 2026-01-31") from None


def _read_tolerance(text: str) -> Decimal:
    if not text:
        return Decimal(0)
    try:
        tolerance = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"the tolerance {text!r} is not a number") from None
    if not tolerance.is_finite() or tolerance < 0:
        raise ValueError(f"the tolerance {text} is not a number from zero up")
    return tolerance


def _read_inputs(text: str) -> dict[str, Any]:
    """The inputs of a row: a JSON object whose numbers stay exact. Raises ValueError in words."""
    try:
        inputs = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise ValueError(f"the inputs are not valid JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise ValueError("the inputs are nested too deeply") from None
    if not isinstance(inputs, dict):
        raise ValueError('the inputs are not a JSON object such as {"age": 40}')
    return inputs


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"the inputs hold {word}, which is not a number")


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"the input {key} stands twice")
        result[key] = value
    return result


def _read_yaml_cases(path: Path, country: str | None) -> list[Case]:
    tree = read_yaml(path, str(path))
    problems = Problems()
    schema.CASE_FILE.form.check(tree, Where(str(path), 1), problems)
    problems.raise_if_any()
    pack = country or _country_of(path)
    return [
        _read_yaml_case(entry, pack, path, tree["cases"].line_of(index)) for index, entry in enumerate(tree["cases"])
    ]


def _country_of(path: Path) -> str:
    """The country of a file that lies in the folder `cases` of a pack."""
    pack = path.resolve().parent.parent / "pack.yaml"
    if path.resolve().parent.name != "cases" or not pack.is_file():
        raise AyniError(
            "cases.no_country",
            "It is not clear for which country these cases are",
            found=str(path),
            expected="a file in the folder `cases` of a pack",
            action="move it there, or run `ayni pack test`",
        )
    return str(read_yaml(pack, str(pack))["country"])


def _read_yaml_case(entry: YamlMap, country: str, path: Path, line: int) -> Case:
    name = entry["name"] if isinstance(entry["name"], str) else next(iter(entry["name"].values()))
    location = Location(str(path), line)
    expectations = tuple(
        Expectation(
            name if len(entry["persons"]) == 1 else f"{name} ({person})",
            str(person),
            f"{country.lower()}.{output.partition('.')[0]}" if "." in output else "",
            output.rpartition(".")[2],
            as_text(value),
            is_undecided=value is None,
        )
        for person, outputs in entry["expect"].items()
        for output, value in outputs.items()
    )
    strangers = [str(person) for person in entry["expect"] if person not in entry["persons"]]
    try:
        if strangers:
            raise ValueError(f"something is expected of {one_of(strangers)}, who is not among the persons")
        persons = tuple(_read_person(str(key), person) for key, person in entry["persons"].items())
    except ValueError as error:
        return Case(name, country, entry["date"], (), expectations, reason=str(error), location=location)
    return Case(name, country, entry["date"], persons, expectations, location=location)


def as_text(value: Any) -> str:
    """A value as case tables write it: `true`, `43300.00`, `2026-01-31`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _read_person(key: str, entry: YamlMap) -> Person:
    inputs = {name: value for name, value in entry.items() if name not in ("household_id", "history")}
    household = entry.get("household_id")
    history = entry.get("history")
    return Person(
        key, inputs, None if household is None else str(household), None if history is None else _read_history(history)
    )


def month_of(text: str) -> int:
    """The month number of `2026-01`. Raises ValueError in words."""
    year, _, month = str(text).partition("-")
    if len(year) == 4 and year.isdigit() and month.isdigit() and 1 <= int(month) <= 12:
        return int(year) * 12 + int(month) - 1
    raise ValueError(f"{text!r} is not a month like 2026-01")


def _read_history(entry: YamlMap) -> History:
    """Months in spans `{from, until, columns…}`; spans that overlap are refused."""
    first, until = month_of(entry["from"]), month_of(entry["until"])
    if first > until:
        raise ValueError("a history ends before it begins")
    months: dict[int, dict[str, Any]] = {}
    for span in entry["months"]:
        if "from" not in span:
            raise ValueError("a span of months in a history has no `from`")
        start = month_of(span["from"])
        end = month_of(span["until"]) if "until" in span else start + 1
        if not first <= start < end <= until:
            raise ValueError(f"the span from {span['from']} does not lie inside its history, or is empty")
        columns = {name: value for name, value in span.items() if name not in ("from", "until")}
        for month in range(start, end):
            if month in months:
                raise ValueError(f"the month {month // 12}-{month % 12 + 1:02d} stands in two spans of a history")
            months[month] = columns
    return History(first, until, months)
