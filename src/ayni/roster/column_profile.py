"""What a column's contents look like: a few hundred cells are enough to tell dates from amounts, codes and numbers."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass
from datetime import date

import polars as pl

from ayni.roster.amounts import read_numbers
from ayni.roster.dates import read_dates
from ayni.roster.fields import NUMERIC_TYPES, FieldSpec, FieldType, Setting
from ayni.roster.identifiers import read_identifiers, read_phones
from ayni.roster.mapping import NAME_FIELDS
from ayni.roster.sheet import Sheet
from ayni.roster.source_cells import SPACES
from ayni.roster.synonyms import all_currency_signs, missing_values, value_words

SAMPLE_CELLS = 300
WORDS_MAX = 24
CELLS_MIN = 3
AGE_MAX = 120
YES_OR_NO = FieldSpec("yes_or_no", FieldType.BOOLEAN)


@dataclass(frozen=True)
class Profile:
    """Shares (0 to 1) of the cells that are not empty, in a sample.

    dates, births: dates, and dates on which a person alive could be born; identifiers: numbers that the country's
    checks accept; distinct: different cells; words: the different cells themselves, when they are few.
    """

    cells: int
    numbers: float
    dates: float
    births: float
    identifiers: float
    phones: float
    distinct: float
    letters: float
    words: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return self.cells == 0

    def fit(self, spec: FieldSpec) -> float:
        """How well the contents suit the type of a field, 0 to 1; few cells prove nothing."""
        if self.cells < CELLS_MIN:
            return 1.0
        if spec.type is FieldType.DATE:
            return self.dates
        if spec.type in NUMERIC_TYPES:
            return self.numbers
        if spec.type in (FieldType.ENUM, FieldType.BOOLEAN):
            return self._fit_of_words(spec)
        if spec.name in NAME_FIELDS:
            # Fifty people do not share a handful of names: that looks like a column of codes.
            is_coded = bool(self.words) and self.cells >= 50
            return 0.0 if self._is_yes_or_no() else self.letters * (0.6 if is_coded else 1.0)
        if spec.name == "national_id":
            return max(self.identifiers, 1.0 - self.letters - self.dates) if self.distinct > 0.5 else 0.4
        if spec.name == "phone":
            return max(self.phones, 0.6 * (1 - self.letters))
        return 1.0

    def _fit_of_words(self, spec: FieldSpec) -> float:
        """Words that mean something for the field; codes like 1 and 2 may mean anything and are asked about later."""
        if not self.words:
            return 0.3
        meaning = value_words(spec).reading(self.words)
        codes = [word for word in self.words if word.strip().isdecimal()]
        understood = len({*meaning, *codes}) / len(self.words)
        return max(0.6 if len(self.words) <= 12 else 0.3, understood)

    def _is_yes_or_no(self) -> bool:
        return bool(self.words) and len(value_words(YES_OR_NO).reading(self.words)) == len(self.words)

    def speaks_for(self, spec: FieldSpec) -> tuple[float, str]:
        """How sure the contents alone make a field, and the code of the reason."""
        if self.cells < CELLS_MIN:
            return 0.0, ""
        if spec.name == "national_id" and self.identifiers >= 0.9 and self.distinct >= 0.9:
            return 0.75, "content_identifiers"
        if spec.name == "birth_date" and self.births >= 0.9 and self.distinct > 0.2:
            return 0.65, "content_births"
        if spec.name == "sex" and self.words:
            words = value_words(spec).reading(self.words)
            if len(words) == len(self.words) and set(words.values()) == {"female", "male"}:
                return 0.7, "content_sex"
        return 0.0, ""

    def share_text(self, code: str) -> str:
        """The share behind a reason, as whole per cent."""
        share = {"content_identifiers": self.identifiers, "content_births": self.births}.get(code, 1.0)
        return f"{round(share * 100)} %"


def profile_columns(sheet: Sheet, setting: Setting) -> dict[str, Profile]:
    """The profile of every column, from cells spread over the whole sheet."""
    missing = missing_values()
    profiles: dict[str, Profile] = {}
    for name in sheet.columns:
        cells = sheet.cells[name].str.strip_chars(SPACES)
        empty = cells.is_null() | (cells == "") | cells.str.to_lowercase().is_in(list(missing))
        filled = (~empty).fill_null(value=False).arg_true()
        step = max(1, len(filled) // SAMPLE_CELLS)
        chosen = filled.gather_every(step).head(SAMPLE_CELLS)
        numeric, real = sheet.numeric.get(name), sheet.dates.get(name)
        profiles[name] = _profile(
            cells.gather(chosen),
            None if numeric is None else numeric.gather(chosen),
            None if real is None else real.gather(chosen),
            setting,
        )
    return profiles


def _profile(text: pl.Series, numeric: pl.Series | None, real: pl.Series | None, setting: Setting) -> Profile:
    size = len(text)
    if not size:
        return Profile(0, 0, 0, 0, 0, 0, 0, 0, ())
    unique = text.unique(maintain_order=True)
    letters = int(text.str.contains(r"^[^\d]*\p{L}[^\d]*$").sum()) / size
    words = tuple(unique) if len(unique) <= WORDS_MAX else ()
    if letters == 1:
        # Without a digit there is no number to look for.
        return Profile(size, 0, 0, 0, 0, 0, len(unique) / size, letters, words)
    is_number = _are_numbers(text, numeric)
    is_date, days = _dates(text, numeric, real, setting.on)
    births = sum(1 for day in days if _is_birth(day, setting.on))
    faults = read_identifiers(text, setting.identifiers).fault
    identifiers = faults.null_count() if setting.identifiers else 0
    phones = size - int(read_phones(text, setting.country)[1].sum())
    return Profile(
        cells=size,
        numbers=is_number / size,
        dates=is_date / size,
        births=births / size,
        identifiers=identifiers / size,
        phones=phones / size,
        distinct=len(unique) / size,
        letters=letters,
        words=words,
    )


def _are_numbers(text: pl.Series, numeric: pl.Series | None) -> int:
    """How many cells are numbers, those that could be read in two ways included."""
    reading = read_numbers(text, numeric=numeric, signs=all_currency_signs(), percent=True)
    doubtful = ["roster.number_ambiguous", "roster.number_in_doubt", "roster.number_shortened"]
    return int((reading.fault.is_null() | reading.fault.is_in(doubtful)).sum())


def _dates(
    text: pl.Series, numeric: pl.Series | None, real: pl.Series | None, on: date
) -> tuple[int, abc.Sequence[date]]:
    """How many cells may be dates, and the days of those that are nothing else."""
    reading = read_dates(text, on=on, real=real)
    clear = reading.days.is_not_null()
    doubtful = reading.fault.is_in(["roster.date_ambiguous", "roster.date_in_doubt"]).fill_null(value=False)
    # Five or eight digits alone are more often an amount or an identity number than a date.
    is_only_date = clear & ~text.str.contains(r"^\d+$")
    if numeric is not None:
        is_only_date &= ~numeric
    return int((clear | doubtful).sum()), reading.days.filter(is_only_date).to_list()


def _is_birth(day: date, on: date) -> bool:
    return day <= on and on.year - day.year <= AGE_MAX
