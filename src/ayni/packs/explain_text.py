"""An explanation as lines of text: the steps that mattered, folded so that a person reads them at a glance.

A line a step: words, name, value, and what the law says of it; under a rule its formula as written. What was shown
before is not shown again, conditions of exceptions that do not apply are left out, and where the lines would be too
many the deepest steps are counted instead. `as_document` holds everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ayni import __version__
from ayni.core.errors import AyniError
from ayni.packs.explain_words import StepWords
from ayni.packs.model import Pack, text_in
from ayni.packs.problems import one_of
from ayni.rules.definitions import Evidence
from ayni.rules.explained import Explained, ExplainedStep, StepKind, as_dict, unit_of, written

LINES_MAX = 20
FORMULA_MAX = 120
MISSING_MAX = 6
SOURCES_MAX = 4
UNCONFIRMED_MAX = 4
REMEDIES_MAX = 2
TITLE_MAX = 110
_ORDER = ("high", "medium", "low")
_FIGURES = (StepKind.PARAMETER, StepKind.TABLE)


def explanation_text(pack: Pack, explained: Explained, language: str | None = None, lines: int = LINES_MAX) -> str:
    """The explanation in at most `lines` lines. Raises AyniError for a language that the pack is not written in."""
    return "\n".join(_Text(pack, explained, chosen_language(pack, language)).lines(lines)) + "\n"


def chosen_language(pack: Pack, language: str | None) -> str:
    """The language asked for, or the pack's first. Raises AyniError for one that the pack is not written in."""
    chosen = language or pack.languages[0]
    if chosen not in pack.languages:
        raise AyniError(
            "pack.unknown_language",
            f"The pack {pack.country} is not written in {chosen}",
            found=chosen,
            expected=one_of(pack.languages),
            action=f"write --language {pack.languages[0]}",
        )
    return chosen


def as_document(pack: Pack, explained: Explained) -> dict[str, Any]:
    """The whole explanation as plain values, for `--json`: nothing folded, in all languages of the pack."""
    steps = list(explained.step.walk())
    keys = dict.fromkeys(key for step in steps if step.evidence for key in step.evidence.source)
    return {
        "output": explained.output,
        "country": pack.country,
        "value": written(explained.value),
        "unit": unit_of(explained.step.type),
        "decided": explained.value is not None,
        "missing": list(explained.missing),
        "deciding": list(explained.deciding),
        "confirmed": explained.is_confirmed,
        "checked_by": pack.checked_by,
        "on": explained.on.isoformat(),
        "known_on": None if explained.known_on is None else explained.known_on.isoformat(),
        "pack": pack.version,
        "engine": explained.engine,
        "ayni": __version__,
        "explanation": as_dict(explained.step),
        "sources": {key: _source(pack, key) for key in keys if key in pack.sources},
    }


def _source(pack: Pack, key: str) -> dict[str, Any]:
    source = pack.sources[key]
    return {"title": source.title, "url": source.url, "date": source.date}


@dataclass(frozen=True)
class _Line:
    """A step as it is shown. `detail` stands on a line of its own, or behind the head where room is scarce."""

    depth: int
    head: str
    detail: str | None = None

    def written(self, roomy: bool) -> Iterator[str]:
        indent = "  " * self.depth
        if self.detail is None:
            yield f"{indent}{self.head}"
        elif roomy:
            yield f"{indent}{self.head}"
            yield f"{indent}  {self.detail}"
        else:
            yield f"{indent}{self.head} {self.detail}"


class _Text:
    def __init__(self, pack: Pack, explained: Explained, language: str) -> None:
        self.pack = pack
        self.explained = explained
        self.language = language
        self.words = StepWords(pack, language)
        self.say = self.words.say
        scheme = explained.output.rpartition(".")[0]
        self.scheme = scheme if scheme in pack.schemes else ""
        # What the last layout showed.
        self.shown: list[ExplainedStep] = []

    def lines(self, limit: int) -> list[str]:
        """Roomy where that fits; else a line a step; else without the deepest steps."""
        for roomy in (True, False):
            body = self._body(roomy, depth_max=None)
            text = [*body, "", *self._footer(0)]
            if len(text) <= limit:
                return text
        everything = len(self.shown)
        deepest = max(line.depth for line in self._steps(None))
        for depth in range(deepest - 1, -1, -1):
            body = self._body(False, depth_max=depth)
            text = [*body, "", *self._footer(everything - len(self.shown))]
            if len(text) <= limit:
                break
        return text

    def _body(self, roomy: bool, depth_max: int | None) -> list[str]:
        return [text for line in self._steps(depth_max) for text in line.written(roomy)]

    def _steps(self, depth_max: int | None) -> list[_Line]:
        """The steps in reading order, each once; of an undecided step only what leaves it undecided."""
        self.shown = []
        seen: set[tuple[Any, ...]] = set()
        found: list[_Line] = []
        waiting: list[tuple[ExplainedStep, int, str | None]] = [(self.explained.step, 0, None)]
        while waiting:
            step, depth, article = waiting.pop()
            key = self._key(step)
            if key in seen:
                continue
            seen.add(key)
            self.shown.append(step)
            found.append(self._line(step, depth, article))
            if depth_max is None or depth < depth_max:
                waiting.extend((child, depth + 1, step.article) for child in reversed(self._mattering(step)))
        return found

    def _key(self, step: ExplainedStep) -> tuple[Any, ...]:
        """What makes two steps the same to a reader. Members differ by what they rest on, so none is like another."""
        if step.kind in (StepKind.MEMBER, StepKind.HOUSEHOLD):
            return (id(step),)
        return (step.kind, step.name, step.value, step.row, step.window)

    def _mattering(self, step: ExplainedStep) -> list[ExplainedStep]:
        if step.value is not None:
            return list(step.children)
        return [child for child in step.children if child.value is None]

    # ── A line

    def _line(self, step: ExplainedStep, depth: int, article: str | None) -> _Line:
        """The line of a step; an article that the step above it has cited is not cited again."""
        name = self.words.name(step, self.scheme)
        row = self.words.row(step)
        value = ", ".join([self.words.value(step), *self.words.details(step)])
        head = f"{name}{f', {row}' if row else ''}: {value}"
        head = head if depth else head[:1].upper() + head[1:]
        cited = self._cited(step, article)
        if step.kind in _FIGURES:
            return _Line(depth, head + cited)
        if step.kind is not StepKind.VARIABLE or step.formula is None:
            return _Line(depth, head)
        return _Line(depth, head, f"= {self._rule(step)}{cited}")

    def _rule(self, step: ExplainedStep) -> str:
        """The formula as written, the exception that stands in for it, and how it rounds."""
        formula = " ".join((step.formula or "").split())
        parts = [formula if len(formula) <= FORMULA_MAX else f"{formula[: FORMULA_MAX - 1]}…"]
        for key, exception in (("exception", step.applied), ("pending", step.pending)):
            if exception is not None:
                parts.append(self.say(key, fill=[text_in(exception.words, self.language, exception.label)]))
        parts += [self.words.rounding(step, rounding) for rounding in step.roundings]
        return "; ".join(parts)

    def _cited(self, step: ExplainedStep, above: str | None) -> str:
        """` [article; source; confidence]`, the source of figures only: that of a rule is its article."""
        evidence = step.evidence
        parts = [step.article] if step.article and step.article != above else []
        if evidence is not None:
            parts += [", ".join(evidence.source)] if step.kind in _FIGURES and evidence.source else []
            parts += self._certainty(evidence)
        return f" [{'; '.join(parts)}]" if parts else ""

    def _certainty(self, evidence: Evidence) -> list[str]:
        """How sure it is, where that is worth a word: high confidence and an unchecked figure are the rule."""
        found = []
        if evidence.source and not evidence.is_confirmed:
            found.append(self.say("unconfirmed"))
        elif evidence.source and evidence.confidence != "high":
            found.append(self.say("confidence", fill=[self.say("confidences", evidence.confidence)]))
        note = (evidence.note or "").lower()
        if "assumed" in note and "rounding" not in note:
            found.append(self.say("assumed"))
        if evidence.checked_by:
            found.append(self.say("checked_by", fill=[evidence.checked_by]))
        return found

    # ── Below the steps

    def _footer(self, left_out: int) -> list[str]:
        lines = [self.say("more_steps", fill=[self.words.number(left_out)])] if left_out else []
        lines += self._missing()
        lines += self._remedies()
        lines += self._sources()
        lines.append(" ".join(self._made_with()))
        return lines

    def _missing(self) -> list[str]:
        if self.explained.value is not None:
            return []
        named = [self.words.named(name) for name in self.explained.missing]
        found = []
        if named:
            listed = self._cut(named, MISSING_MAX)
            found.append(self.say("missing", fill=[listed]))
        if set(self.explained.deciding) == set(self.explained.missing):
            return found
        if self.explained.deciding:
            deciding = [self.words.named(name) for name in self.explained.deciding]
            found.append(self.say("deciding", fill=["; ".join(deciding)]))
        elif len(named) > 1:
            found.append(self.say("deciding_none"))
        return found

    def _remedies(self) -> list[str]:
        """What a person can do about conditions that are not met."""
        found = []
        for step in self.shown:
            scheme, _, name = step.name.rpartition(".")
            conditions = self.pack.schemes[scheme].conditions if scheme in self.pack.schemes else {}
            if step.value is False and name in conditions and conditions[name].remedy:
                found.append(self.say("remedy", fill=[text_in(conditions[name].remedy, self.language)]))
        return found[:REMEDIES_MAX]

    def _cut(self, items: list[str], most: int) -> str:
        if len(items) <= most:
            return "; ".join(items)
        return self.say("missing_more", fill=["; ".join(items[:most]), self.words.number(len(items) - most)])

    def _sources(self) -> list[str]:
        """Titles of the sources of the figures shown."""
        figures = [step for step in self.shown if step.kind in _FIGURES and step.evidence is not None]
        keys = dict.fromkeys(key for step in figures if step.evidence for key in step.evidence.source)
        titles = [f"{key}: {self._title(key)}" for key in keys if key in self.pack.sources]
        return (
            titles if len(titles) <= SOURCES_MAX else [*titles[: SOURCES_MAX - 1], "; ".join(titles[SOURCES_MAX - 1 :])]
        )

    def _title(self, key: str) -> str:
        source = self.pack.sources[key]
        title = source.title if len(source.title) <= TITLE_MAX else f"{source.title[: TITLE_MAX - 1]}…"
        return f"{title}, {source.date}" if source.date else title

    def _made_with(self) -> Iterable[str]:
        explained = self.explained
        fill = [text_in(self.pack.name, self.language), self.pack.version, self.words.day(explained.on, "long")]
        if explained.known_on is None:
            yield self.say("made_with", fill=fill)
        else:
            yield self.say("made_with_known", fill=[*fill, self.words.day(explained.known_on, "long")])
        unconfirmed = explained.unconfirmed
        if unconfirmed:
            words = dict.fromkeys(text_in(step.words, self.language, step.name) for step in unconfirmed)
            yield self.say("is_unconfirmed", fill=[self._cut(list(words), UNCONFIRMED_MAX)])
        else:
            steps = list(explained.step.walk())
            known = [step.evidence.confidence for step in steps if step.evidence and step.evidence.source]
            if known:
                lowest = max(known, key=_ORDER.index)
                yield self.say("lowest", fill=[self.say("confidences", lowest)])
        yield self.say("checked", fill=[self.pack.checked_by]) if self.pack.checked_by else self.say("not_checked")
