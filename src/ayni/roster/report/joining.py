"""Sections for after the numbers: how to join each scheme, and with what the figures were made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ayni.packs.model import Item, Scheme
from ayni.roster.report.parts import Block, Cell, Column, Kind, Maker, Section, Table, capital


@dataclass(frozen=True)
class Way:
    """How to join one scheme, in words: (heading, sentences) in order; links as (title, address)."""

    name: str
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    links: tuple[tuple[str, str], ...]
    mark: str


def ways_to_join(make: Maker) -> tuple[Way, ...]:
    """Schemes that somebody can join, or may join once it is decided."""
    open_to = [scheme for scheme in make.summary.schemes if scheme.protects and (scheme.eligible or scheme.undecided)]
    known = make.screening.pack.schemes
    return tuple(_way(make, known[scheme.scheme], bool(scheme.unconfirmed)) for scheme in open_to)


def _way(make: Maker, scheme: Scheme, is_unconfirmed: bool) -> Way:
    texts = make.texts
    pack = make.screening.pack
    mark = texts("words.unconfirmed_mark")
    institution = pack.institutions.get(scheme.institution or "")
    law = [f"{base.instrument}{f', art. {base.articles}' if base.articles else ''}" for base in scheme.legal_basis]
    facts = {
        "for_whom": (make.say(scheme.for_whom),),
        "institution": (make.say(institution.name),) if institution is not None else (),
        "documents": _said(make, scheme.documents, mark),
        "unit": _said(make, scheme.steps.unit, mark),
        "individual": _said(make, scheme.steps.individual, mark),
        "role": _said(make, [scheme.unit_role] if scheme.unit_role is not None else [], mark),
        "dependants": _said(make, [scheme.dependants] if scheme.dependants is not None else [], mark),
        "not_covered": (make.say(scheme.not_covered),) if scheme.not_covered else (),
        "law": tuple(law),
    }
    shown = tuple((texts(f"report.steps.{key}"), sentences) for key, sentences in facts.items() if sentences)
    links = tuple((make.say(link.title), link.url) for link in scheme.links if link.url.startswith("https://"))
    return Way(make.say(scheme.name, scheme.short_name), shown, links, mark if is_unconfirmed else "")


def _said(make: Maker, items: Iterable[Item], mark: str) -> tuple[str, ...]:
    """Sentences of a pack, those that nobody has confirmed with a mark."""
    return tuple(
        make.say(item.words) if item.evidence.is_confirmed else f"{make.say(item.words)} {mark}" for item in items
    )


def about(make: Maker) -> Section:
    """With what the figures were made, what is unconfirmed, and how to make them again."""
    texts, made, rows = make.texts, make.summary.provenance, make.summary.rows
    facts = [
        ("report.about.on", texts.date(made.on)),
        ("report.about.pack", f"{made.country} {made.pack_version}"),
        ("report.about.pack_hash", made.pack_hash),
        ("report.about.roster_hash", made.roster_sha256),
        ("report.about.inputs_hash", made.inputs_sha256),
        ("report.about.engine", made.engine),
        ("report.about.ayni", made.ayni_version),
        (
            "report.about.rows",
            texts(
                "report.about.rows_value",
                read=rows.read,
                used=rows.used,
                aside=rows.set_aside,
                errors=rows.errors,
                warnings=rows.warnings,
            ),
        ),
    ]
    table = Table(
        texts("report.about.made_with"),
        (Column(capital(texts("report.about.made_with"))), Column("")),
        tuple((Cell(capital(texts(key))), Cell(value)) for key, value in facts),
    )
    sheet = f' --sheet "{made.sheet}"' if made.sheet is not None else ""
    known = f" --known-on {made.known_on.isoformat()}" if made.known_on is not None else ""
    command = (
        f'ayni check "{made.roster}" --country {made.country} --on {made.on.isoformat()}{known}{sheet}'
        " --mapping mapping.yaml"
    )
    notes = [texts("report.about.unknown")]
    if made.known_on is not None:
        notes.append(texts("report.known_on", date=texts.date(made.known_on)))
    if "weight" in make.prepared.fields:
        notes.append(texts("report.about.weight"))
    blocks = (
        Block(paragraphs=(texts("report.about.lead"),), table=table, notes=tuple(notes)),
        _unconfirmed(make),
        Block(heading=texts("report.about.again"), paragraphs=(command,)),
    )
    return Section("about", texts("report.about.heading"), blocks)


def _unconfirmed(make: Maker) -> Block:
    texts = make.texts
    heading = f"{texts('report.about.unconfirmed')} {texts('words.unconfirmed_mark')}"
    names = sorted({name for scheme in make.summary.schemes for name in scheme.unconfirmed})
    if not names:
        return Block(heading=texts("report.about.unconfirmed"), paragraphs=(texts("report.about.unconfirmed_none"),))
    pack = make.screening.pack
    where = {
        name: [make.say(s.words, s.scheme) for s in make.summary.schemes if name in s.unconfirmed] for name in names
    }
    said = {name: capital(pack.words_of(name, texts.language)) for name in names}
    rows = tuple((Cell(said[name], name), Cell("; ".join(where[name]))) for name in names)
    columns = (Column(texts("report.about.unconfirmed")), Column(capital(texts("report.schemes.scheme")), Kind.TEXT))
    return Block(
        heading=heading,
        paragraphs=(texts("report.about.unconfirmed_lead"),),
        table=Table(texts("report.about.unconfirmed"), columns, rows),
    )
