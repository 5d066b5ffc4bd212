"""Guess which column is which field, from its name and from what is in it.

Every guess says how sure it is and why, and can be overridden. Names decide first; contents confirm, refute, or, where
a name says nothing, speak for themselves (identity numbers with right check digits, birth dates, `M` and `F`). What
stays
below the threshold is left out: a wrong column is worse than a missing one.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass

from ayni.roster.column_profile import Profile, profile_columns
from ayni.roster.fields import FieldSpec, Setting
from ayni.roster.mapping import Mapping, Reason, Rule
from ayni.roster.names import key_words, likeness
from ayni.roster.sheet import Sheet
from ayni.roster.synonyms import field_names, field_parts, income_group

THRESHOLD = 0.6
# Below this a guess should be shown to the person before it is used.
SURE = 0.8


@dataclass(frozen=True)
class Guess:
    """One column that may be one field."""

    field: str
    column: str
    confidence: float
    reason: Reason


def guess_mapping(sheet: Sheet, specs: abc.Mapping[str, FieldSpec], setting: Setting) -> Mapping:
    """The most plausible mapping of a sheet, every rule with its confidence and reason; other columns are ignored."""
    profiles = profile_columns(sheet, setting)
    rules = _guess_parts(sheet, specs)
    taken = {column for rule in rules.values() for column in rule.columns}
    candidates = [
        guess
        for column in sheet.columns
        if column not in taken and not profiles[column].is_empty
        for spec in specs.values()
        if spec.name not in rules and (guess := _guess(spec, column, profiles[column])) is not None
    ]
    for guess in sorted(candidates, key=lambda guess: -guess.confidence):
        if guess.field not in rules and guess.column not in taken:
            rules[guess.field] = Rule(
                guess.field, columns=(guess.column,), confidence=guess.confidence, reason=guess.reason
            )
            taken.add(guess.column)
    rules |= _guess_income(sheet, specs, rules, taken)
    taken |= {column for rule in rules.values() for column in rule.columns}
    ordered = {name: rules[name] for name in specs if name in rules}
    ignore = tuple(column for column in sheet.columns if column not in taken)
    return Mapping(ordered, ignore=ignore, is_guess=True)


def unsure(mapping: Mapping) -> tuple[Rule, ...]:
    """Guesses that a person should look at before they are used."""
    return tuple(rule for rule in mapping.rules.values() if rule.confidence < SURE)


def _guess_parts(sheet: Sheet, specs: abc.Mapping[str, FieldSpec]) -> dict[str, Rule]:
    """Fields that stand in several columns: first and second surname, say."""
    by_words = {key_words(column): column for column in reversed(sheet.columns)}
    rules: dict[str, Rule] = {}
    for name in specs:
        for parts in field_parts(name):
            columns = [by_words.get(key_words(part)) for part in parts]
            found = tuple(column for column in columns if column is not None)
            if len(found) == len(parts):
                reason = Reason("parts", {"columns": " + ".join(f"«{column}»" for column in found)})
                rules[name] = Rule(name, columns=found, confidence=0.95, reason=reason)
                break
    return rules


def _guess(spec: FieldSpec, column: str, profile: Profile) -> Guess | None:
    """How well one column fits one field, or None when it does not."""
    by_name, synonym = _best_name(column, field_names(spec))
    fit = profile.fit(spec)
    if by_name and fit < 0.5:
        # «Fecha de nacimiento» full of amounts is no birth date, whatever it is called.
        return None
    by_content, code = profile.speaks_for(spec)
    confidence = by_name * (0.75 + 0.25 * fit)
    if by_name and by_content:
        confidence = min(1.0, confidence + 0.1)
    if confidence >= max(THRESHOLD, by_content):
        same = by_name >= 0.95
        reason = Reason("name" if same else "name_like", {"column": column, "synonym": synonym})
        return Guess(spec.name, column, round(confidence, 2), reason)
    if by_content >= THRESHOLD:
        return Guess(spec.name, column, by_content, Reason(code, {"column": column, "share": profile.share_text(code)}))
    return None


def _best_name(column: str, names: abc.Iterable[str]) -> tuple[float, str]:
    """The likeness of the column's name to the nearest word for the field, and that word."""
    best, chosen = 0.0, ""
    for name in names:
        like = likeness(column, name)
        if like > best:
            best, chosen = like, name
    return best, chosen


def _guess_income(
    sheet: Sheet, specs: abc.Mapping[str, FieldSpec], rules: abc.Mapping[str, Rule], taken: abc.Set[str]
) -> dict[str, Rule]:
    """One column «Ingreso mensual» feeds pay and net income alike: which of them counts, the rules of a scheme say by
    the person's status. Only where no column says it more exactly."""
    names, fields = income_group()
    wanted = [name for name in fields if name in specs]
    if not wanted or any(name in rules and rules[name].confidence >= SURE for name in wanted):
        return {}
    free = set(sheet.columns) - taken | {column for name in wanted if name in rules for column in rules[name].columns}
    scored = [(_best_name(column, names)[0], column) for column in sheet.columns if column in free]
    likely = max(scored, key=lambda pair: pair[0], default=(0.0, ""))
    if likely[0] < 0.75:
        return {}
    reason = Reason("income", {"column": likely[1]})
    return {
        name: Rule(name, columns=(likely[1],), confidence=round(likely[0] * 0.9, 2), reason=reason) for name in wanted
    }
