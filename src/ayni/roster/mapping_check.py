"""Does a mapping fit this sheet and these fields? All that does not is said at once, before anything is read.

Names of columns are found as they stand, or else by their folded form, so that next month's file may write them in
capitals; the mapping that comes back has the sheet's own spelling.
"""

from __future__ import annotations

from collections import abc
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction

import polars as pl

from ayni.core.errors import AyniError, Location, raise_all
from ayni.roster import catalogue
from ayni.roster.fields import NUMERIC_TYPES, FieldSpec, FieldType, Period
from ayni.roster.layout import tidy_name
from ayni.roster.mapping import Condition, Mapping, Rule
from ayni.roster.names import code_key, fold, nearest
from ayni.roster.sheet import Sheet
from ayni.roster.source_cells import known_text
from ayni.roster.synonyms import value_words

CODES_SHOWN = 8
# What a rule may say beside its source, by the types of fields where it means something.
_ONLY_FOR = {
    "date_order": frozenset({FieldType.DATE}),
    "decimal": NUMERIC_TYPES,
    "factor": NUMERIC_TYPES - {FieldType.INTEGER},
    "period": frozenset({FieldType.MONEY}),
}
_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


def fit_mapping(mapping: Mapping, sheet: Sheet, specs: abc.Mapping[str, FieldSpec], *, language: str = "en") -> Mapping:
    """The mapping with the sheet's own names of columns.

    Raises AyniError or AyniErrors: roster.mapping_unknown_field, mapping_unknown_column, mapping_unknown_value,
    mapping_not_for_type, mapping_no_period, unmapped_codes.
    """
    fitter = _Fitter(mapping, sheet, specs, language)
    rules = {name: fitter.rule(rule) for name, rule in mapping.rules.items()}
    # A column left out on purpose may be gone from this month's file.
    ignore = [fitter.find(name) or name for name in mapping.ignore]
    raise_all(fitter.errors)
    return replace(mapping, rules=rules, ignore=tuple(ignore))


def period_ratio(rule: Rule, spec: FieldSpec) -> Fraction:
    """What an amount of the column is multiplied by to be one of the field: a year's amount by 1/12 for a month."""
    if rule.period is None or spec.period is None or rule.period is spec.period:
        return Fraction(1)
    return Fraction(_MONTHS[spec.period], _MONTHS[rule.period])


class _Fitter:
    def __init__(self, mapping: Mapping, sheet: Sheet, specs: abc.Mapping[str, FieldSpec], language: str) -> None:
        self.mapping, self.sheet, self.specs, self.language = mapping, sheet, specs, language
        self.errors: list[AyniError] = []
        self.folded: dict[str, list[str]] = {}
        for name in sheet.columns:
            self.folded.setdefault(fold(name), []).append(name)

    def fail(self, code: str, key: str, **values: object) -> None:
        location = Location(self.mapping.path or "mapping", key=key)
        self.errors.append(catalogue.refusal(code, self.language, location, **values))

    def find(self, name: str) -> str | None:
        """The sheet's column of this name, whatever its accents and capitals; None if there is none, or several."""
        tidy = tidy_name(name)
        if tidy in self.sheet.columns:
            return tidy
        alike = self.folded.get(fold(name), [])
        return alike[0] if len(alike) == 1 else None

    def column(self, name: str, key: str) -> str:
        found = self.find(name)
        if found is None:
            hint = nearest(name, self.sheet.columns)
            known = f"«{hint}»" if hint else ", ".join(f"«{column}»" for column in self.sheet.columns[:20])
            self.fail("roster.mapping_unknown_column", key, column=name, known=known)
        return found or name

    def conditions(self, conditions: abc.Iterable[Condition], key: str) -> tuple[Condition, ...]:
        return tuple(replace(item, column=self.column(item.column, key)) for item in conditions)

    def rule(self, rule: Rule) -> Rule:
        key = f"columns.{rule.field}"
        spec = self.specs.get(rule.field)
        if spec is None:
            hint = nearest(rule.field, self.specs) or ", ".join(list(self.specs)[:12]) + ", …"
            self.fail("roster.mapping_unknown_field", key, field=rule.field, known=hint)
            return rule
        before = len(self.errors)
        fitted = replace(
            rule,
            columns=tuple(self.column(name, key) for name in rule.columns),
            only_if=self.conditions(rule.only_if, f"{key}.only_if"),
            when=tuple(replace(r, conditions=self.conditions(r.conditions, f"{key}.when")) for r in rule.when),
        )
        self.parts(rule, spec, key)
        self.written_values(rule, spec, key)
        if len(self.errors) == before:
            self.codes(fitted, spec, key)
        return fitted

    def parts(self, rule: Rule, spec: FieldSpec, key: str) -> None:
        """Whether what is said beside the source means something for a field of this type."""
        for part, types in _ONLY_FOR.items():
            if getattr(rule, part) is not None and spec.type not in types:
                self.fail("roster.mapping_not_for_type", f"{key}.{part}", part=part, field=rule.field, type=spec.type)
        if rule.period is not None and rule.period is not spec.period:
            convertible = spec.period in _MONTHS and rule.period in _MONTHS
            if spec.type is FieldType.MONEY and not convertible:
                period = spec.period.value if spec.period else "–"
                self.fail("roster.mapping_no_period", key, field=rule.field, period=rule.period.value, own=period)

    def written_values(self, rule: Rule, spec: FieldSpec, key: str) -> None:
        """Every value that the mapping itself gives must be one of the field."""
        written = [rule.constant, rule.otherwise, *(item.then for item in rule.when), *rule.values.values()]
        for value in dict.fromkeys(item for item in written if item is not None):
            allowed = _allowed(value, spec)
            if allowed is not None:
                known = ", ".join(allowed)
                self.fail("roster.mapping_unknown_value", key, value=value, field=rule.field, known=known)

    def codes(self, rule: Rule, spec: FieldSpec, key: str) -> None:
        """A column with codes of its own: every code in the file must have a meaning, `null` included."""
        if not rule.values or not rule.columns or spec.type not in (FieldType.ENUM, FieldType.BOOLEAN):
            return
        text = known_text(self.sheet, rule, self.mapping.missing_values)
        counts = dict(text.drop_nulls().value_counts().iter_rows())
        given = {code_key(code) for code in rule.values}
        understood = value_words(spec).reading(counts)
        left: dict[str, int] = {}
        for cell, count in counts.items():
            if code_key(cell) not in given and cell not in understood:
                left[cell.strip()] = left.get(cell.strip(), 0) + count
        if left:
            self.fail(
                "roster.unmapped_codes",
                f"{key}.values",
                column=rule.shown_column,
                field=rule.field,
                codes=_codes_text(left),
                example=next(iter(left)),
                known=", ".join(spec.enum_values) or "true, false",
            )


def _codes_text(counts: abc.Mapping[str, int]) -> str:
    """`«3» (12), «9» (1), …`, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    text = ", ".join(f"«{code}» ({count})" for code, count in ordered[:CODES_SHOWN])
    return text + (", …" if len(ordered) > CODES_SHOWN else "")


def _allowed(value: str, spec: FieldSpec) -> tuple[str, ...] | None:
    """None when the value may stand in the field, else what may."""
    if spec.type is FieldType.ENUM:
        return None if value in spec.enum_values else spec.enum_values
    if spec.type is FieldType.BOOLEAN:
        return None if value in ("true", "false") else ("true", "false")
    if spec.type in NUMERIC_TYPES:
        try:
            return None if Decimal(value).is_finite() else ("12345.67",)
        except InvalidOperation:
            return ("12345.67",)
    if spec.type is FieldType.DATE:
        is_iso = pl.Series([value]).str.to_date("%Y-%m-%d", strict=False).is_not_null().all()
        return None if is_iso else ("2026-01-31",)
    return None
