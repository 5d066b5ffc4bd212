"""Sections that count people: in short, by scheme, the nine branches, cover today."""

from __future__ import annotations

from ayni.roster.report.charts import Segment, stacked_bar
from ayni.roster.report.parts import Block, Cell, Column, Kind, LegendItem, Maker, Section, Table, capital, heads
from ayni.roster.summary import BranchSummary, CoverSummary, SchemeSummary, Summary
from ayni.roster.texts import Texts

# Groups of people in the order in which they stand in a bar, with their colours.
GROUPS = ("own_name", "dependant", "undecided", "none", "outside")


def people_bar(make: Maker, counts: dict[str, int], title: str, height: int = 20) -> str:
    """A bar of the groups of people."""
    segments = [
        Segment(f"c-{name}", make.texts(f"status_short.{name}"), counts[name], make.texts.number(counts[name]))
        for name in GROUPS
    ]
    return stacked_bar(segments, title=title, height=height)


def people_legend(make: Maker) -> tuple[LegendItem, ...]:
    """What the colours of a bar of people stand for."""
    return tuple(LegendItem(f"c-{name}", make.texts(f"status_short.{name}")) for name in GROUPS)


def in_short(make: Maker) -> Section:
    """The answer first."""
    texts, people = make.texts, make.summary.people
    counts = {name: getattr(people, name) for name in GROUPS}
    rows = tuple(
        (Cell(capital(texts(f"status.{name}")), colour=f"c-{name}"), make.people_and_part(counts[name], people.total))
        for name in GROUPS
    )
    table = Table(
        texts("report.short.chart"),
        (Column(capital(texts("report.short.group"))), Column(capital(texts("report.short.people")), Kind.NUMBER)),
        rows,
    )
    blocks = [
        Block(
            drawing=people_bar(make, counts, texts("report.short.chart"), height=34),
            table=table,
            definition=make.definition("report.short.definition", whole=people.total),
        )
    ]
    if make.summary.outside:
        outside = tuple(
            (
                Cell(capital(make.say(group.words, group.group))),
                make.people_and_part(group.people, people.total),
                make.people_and_part(group.dependants, group.people),
            )
            for group in make.summary.outside
        )
        family = Column(capital(texts("report.short.outside_family")), Kind.NUMBER)
        blocks.append(
            Block(
                heading=texts("report.short.outside"),
                paragraphs=(texts("report.short.outside_lead"),),
                table=Table(texts("report.short.outside"), (*table.columns, family), outside),
            )
        )
    return Section("short", texts("report.short.heading"), tuple(blocks))


def lead(summary: Summary, texts: Texts) -> tuple[str, ...]:
    """The first sentences of the report."""
    people, members = summary.people, summary.members
    can = people.own_name + people.dependant
    sentences = [
        texts(
            "report.short.lead",
            can=can,
            total=people.total,
            percent=texts.percent(can, people.total),
            own=people.own_name,
            family=people.dependant,
        )
    ]
    if can and people.own_name_uncovered is not None and people.dependant_uncovered is not None:
        count = people.own_name_uncovered + people.dependant_uncovered
        sentences.append(texts("report.short.uncovered", count=count))
    if members is not None:
        sentences.append(
            texts(
                "report.short.members",
                total=members.total,
                own=members.own_name,
                family=members.dependant,
                undecided=members.undecided,
            )
        )
    return tuple(sentences)


def by_scheme(make: Maker) -> Section:
    """How many can join each scheme."""
    texts, summary = make.texts, make.summary
    has_cover = summary.people.own_name_uncovered is not None
    columns = [
        ("report.schemes.scheme", Kind.TEXT),
        ("report.schemes.chart", Kind.BAR),
        ("report.schemes.can", Kind.NUMBER),
        *([("report.schemes.uncovered", Kind.NUMBER)] if has_cover else []),
        ("report.schemes.undecided", Kind.NUMBER),
        ("report.schemes.cannot", Kind.NUMBER),
        ("report.schemes.outside", Kind.NUMBER),
        ("report.schemes.family", Kind.NUMBER),
    ]
    rows = tuple(_scheme_row(make, scheme, has_cover) for scheme in summary.schemes)
    legend = (
        LegendItem("c-own_name", texts("report.schemes.can")),
        LegendItem("c-undecided", texts("report.schemes.undecided")),
        LegendItem("c-cannot", texts("report.schemes.cannot")),
        LegendItem("c-outside", texts("report.schemes.outside")),
    )
    block = Block(
        paragraphs=(texts("report.schemes.lead"),),
        legend=legend,
        table=Table(texts("report.schemes.heading"), heads(texts, columns), rows),
        definition=make.definition("report.schemes.definition", whole=summary.people.total),
    )
    return Section("schemes", texts("report.schemes.heading"), (block,))


def _scheme_row(make: Maker, scheme: SchemeSummary, has_cover: bool) -> tuple[Cell, ...]:
    texts, whole = make.texts, scheme.people
    name = make.say(scheme.words, scheme.scheme)
    kind = texts("report.schemes.charges") if not scheme.protects else texts(f"type.{scheme.type}")
    segments = [
        Segment("c-own_name", texts("report.schemes.can"), scheme.eligible, texts.number(scheme.eligible)),
        Segment("c-undecided", texts("report.schemes.undecided"), scheme.undecided, texts.number(scheme.undecided)),
        Segment("c-cannot", texts("report.schemes.cannot"), scheme.not_eligible, texts.number(scheme.not_eligible)),
        Segment("c-outside", texts("report.schemes.outside"), scheme.outside, texts.number(scheme.outside)),
    ]
    cells = [
        Cell(name, kind, mark=texts("words.unconfirmed_mark") if scheme.unconfirmed else ""),
        Cell("", drawing=stacked_bar(segments, title=name)),
        make.people_and_part(scheme.eligible, whole),
        make.people_and_part(scheme.undecided, whole),
        make.people_and_part(scheme.not_eligible, whole),
        make.people_and_part(scheme.outside, whole),
        make.people_and_part(scheme.dependants, whole),
    ]
    if has_cover:
        cells.insert(3, make.people_and_part(scheme.uncovered or 0, scheme.eligible))
    return tuple(cells)


def nine_branches(make: Maker) -> Section:
    """For which of the nine branches people can be insured."""
    texts, summary = make.texts, make.summary
    opened = [branch for branch in summary.branches if branch.schemes]
    closed = [texts(f"branch.{branch.branch}") for branch in summary.branches if not branch.schemes]
    columns = [
        ("report.branches.branch", Kind.TEXT),
        ("report.branches.chart", Kind.BAR),
        ("report.branches.own", Kind.NUMBER),
        ("status_short.dependant", Kind.NUMBER),
        ("status_short.undecided", Kind.NUMBER),
        ("status_short.none", Kind.NUMBER),
        ("status_short.outside", Kind.NUMBER),
        ("report.branches.rights", Kind.NUMBER),
    ]
    notes = (texts("report.branches.none_open", branches=texts.listed(closed)),) if closed else ()
    block = Block(
        paragraphs=(texts("report.branches.lead"),),
        legend=people_legend(make),
        table=Table(
            texts("report.branches.heading"),
            heads(texts, columns),
            tuple(_branch_row(make, branch) for branch in opened),
        ),
        notes=notes,
        definition=make.definition("report.branches.definition", whole=summary.people.total),
    )
    return Section("branches", texts("report.branches.heading"), (block,))


def _branch_row(make: Maker, branch: BranchSummary) -> tuple[Cell, ...]:
    total = make.summary.people.total
    name = capital(make.texts(f"branch.{branch.branch}"))
    counts = {group: getattr(branch, group) for group in GROUPS}
    return (
        Cell(name),
        Cell("", drawing=people_bar(make, counts, name)),
        *(make.people_and_part(counts[group], total) for group in GROUPS),
        _rights(make, branch),
    )


def _rights(make: Maker, branch: BranchSummary) -> Cell:
    """Who meets the conditions of a benefit today; of whom nobody can say is told, and is no zero."""
    texts = make.texts
    if branch.rights_undecided:
        return Cell(texts.number(branch.rights), texts("report.branches.rights_open", count=branch.rights_undecided))
    return make.people_and_part(branch.rights, branch.own_name)


def cover_today(make: Maker) -> Section:
    """The gap against the cover of today, or that nothing is known of it."""
    texts = make.texts
    blocks = tuple(_cover_block(make, cover) for cover in make.summary.cover)
    if not blocks:
        blocks = (Block(paragraphs=(texts("report.cover.none"),)),)
    return Section("cover", texts("report.cover.heading"), blocks)


def _cover_block(make: Maker, cover: CoverSummary) -> Block:
    texts, total = make.texts, make.summary.people.total
    branch = texts(f"branch.{cover.branch}")
    known = cover.covered + cover.uncovered
    groups = [
        ("c-covered", "covered", cover.covered),
        ("c-own_name", "own", cover.own_name),
        ("c-dependant", "family", cover.dependant),
        ("c-undecided", "undecided", cover.undecided),
        ("c-none", "none_takes", cover.none),
        ("c-outside", "outside", cover.outside),
        ("c-unknown", "unknown", cover.unknown),
    ]
    groups = [group for group in groups if group[2] or group[1] in ("covered", "own", "family")]
    segments = [Segment(c, texts(f"report.cover.{key}"), count, texts.number(count)) for c, key, count in groups]
    title = texts("report.cover.chart", branch=branch)
    kinds = [f"{texts(f'cover.{kind}')} {texts.number(count)}" for kind, count in cover.kinds.items()]
    notes = [capital(texts("report.cover.kinds", kinds=texts.listed(kinds)))] if kinds else []
    if "private" in cover.kinds:
        notes.append(texts("report.cover.private"))
    rows = tuple(
        (Cell(capital(texts(f"report.cover.{key}")), colour=colour), make.people_and_part(count, total))
        for colour, key, count in groups
    )
    columns = heads(texts, [("report.short.group", Kind.TEXT), ("report.short.people", Kind.NUMBER)])
    sentence = texts(
        "report.cover.lead",
        known=known,
        covered=cover.covered,
        percent=texts.percent(cover.covered, known),
        branch=branch,
        uncovered=cover.uncovered,
    )
    return Block(
        heading=capital(branch),
        paragraphs=(sentence,),
        drawing=stacked_bar(segments, title=title, height=34),
        table=Table(title, columns, rows),
        notes=tuple(notes),
        definition=make.definition("report.cover.definition", whole=total),
    )
