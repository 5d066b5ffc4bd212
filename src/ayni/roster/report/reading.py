"""Sections on the roster itself: what to correct, what to find out, what stands in the way, how columns were read."""

from __future__ import annotations

from ayni.roster.catalogue import sentence
from ayni.roster.mapping import Rule
from ayni.roster.report.parts import Block, Cell, Kind, Maker, Section, Table, capital, heads, row_numbers
from ayni.roster.summary import Barrier, WantedTogether, together
from ayni.roster.texts import Texts

TASKS_MAX = 40
GROUPS_MAX = 8


def to_do(make: Maker) -> Section:
    """What to do next: correct, find out, register."""
    return Section("todo", make.texts("report.todo.heading"), (_mend(make), _find(make), _register(make)))


def _mend(make: Maker) -> Block:
    texts = make.texts
    tasks = make.prepared.problems.tasks(texts.language)
    if not tasks:
        return Block(heading=texts("report.todo.mend"), paragraphs=(texts("report.todo.mend_none"),))
    aside = make.summary.rows.set_aside
    lead = [texts("report.todo.mend_lead")]
    if aside:
        lead.append(texts("report.todo.mend_aside", count=aside))
    columns = [(f"report.todo.{key}", Kind.TEXT) for key in ("task", "where", "how")]
    rows = tuple(
        (Cell(task.text), Cell(row_numbers(texts, task.rows, task.count)), Cell(task.action))
        for task in tasks[:TASKS_MAX]
    )
    notes = (texts("terminal.more_tasks", count=len(tasks) - TASKS_MAX),) if len(tasks) > TASKS_MAX else ()
    return Block(
        heading=texts("report.todo.mend"),
        paragraphs=tuple(lead),
        table=Table(texts("report.todo.mend"), heads(texts, columns), rows),
        notes=notes,
    )


def _find(make: Maker) -> Block:
    texts, summary = make.texts, make.summary
    notes = []
    if summary.pack_figures_missing:
        notes.append(texts("report.todo.figures", count=summary.pack_figures_missing))
    if summary.history_missing:
        notes.append(texts("report.todo.history", count=summary.history_missing))
    if not together(summary.wanted):
        return Block(
            heading=texts("report.todo.find"),
            paragraphs=() if notes else (texts("report.todo.find_none"),),
            notes=tuple(notes),
        )
    groups = together(summary.wanted)[:GROUPS_MAX]
    absent = next((item for group in groups for item in group.inputs if not item.in_roster), None)
    if absent is not None:
        notes.insert(0, texts("report.todo.constant", example=f"{absent.name}: {{constant: …}}"))
    columns = [
        ("report.todo.input", Kind.TEXT),
        ("report.todo.settled", Kind.NUMBER),
        ("report.todo.settled_first", Kind.NUMBER),
        ("report.todo.matters", Kind.NUMBER),
    ]
    return Block(
        heading=texts("report.todo.find"),
        paragraphs=(texts("report.todo.find_lead"),),
        table=Table(
            texts("report.todo.find"),
            heads(texts, columns),
            tuple(_wanted_row(make, group) for group in groups),
        ),
        notes=tuple(notes),
        definition=make.definition("report.todo.definition", whole=summary.people.total),
    )


def _wanted_row(make: Maker, group: WantedTogether) -> tuple[Cell, ...]:
    texts = make.texts
    named = [make.wording.input_name(item.name) for item in group.inputs]
    where = [texts("report.todo.has_column" if item.in_roster else "report.todo.no_column") for item in group.inputs]
    notes = "; ".join(f"{item.name} ({place})" for item, place in zip(group.inputs, where, strict=True))
    counts = (group.gain, group.gain_first, group.people)
    return (Cell(capital(" + ".join(named)), notes), *(Cell(texts.number(count)) for count in counts))


def _register(make: Maker) -> Block:
    texts = make.texts
    link = f"«{texts('report.steps.heading')}»" if texts.language == "es" else f"“{texts('report.steps.heading')}”"
    return Block(heading=texts("report.todo.register"), paragraphs=(texts("report.todo.register_lead", link=link),))


def in_the_way(make: Maker) -> Section:
    """The barriers, most frequent first; that the roster says too little is one of them."""
    texts, summary = make.texts, make.summary
    rows = [_barrier_row(make, barrier) for barrier in summary.barriers]
    undecided = summary.people.undecided
    if undecided:
        place = next((at for at, barrier in enumerate(summary.barriers) if barrier.blocked < undecided), len(rows))
        remedy = texts("report.barriers.information_remedy")
        lacking = (
            Cell(texts("report.barriers.information")),
            Cell(texts("barrier.information")),
            Cell(texts.number(undecided)),
            Cell("–"),
            Cell(remedy),
        )
        rows.insert(place, lacking)
    if not rows:
        block = Block(paragraphs=(texts("report.barriers.none"),))
        return Section("barriers", texts("report.barriers.heading"), (block,))
    columns = [
        ("report.barriers.barrier", Kind.TEXT),
        ("report.barriers.kind", Kind.TEXT),
        ("report.barriers.blocked", Kind.NUMBER),
        ("report.barriers.only", Kind.NUMBER),
        ("report.barriers.remedy", Kind.TEXT),
    ]
    block = Block(
        paragraphs=(texts("report.barriers.lead"),),
        table=Table(texts("report.barriers.heading"), heads(texts, columns), tuple(rows)),
        definition=make.definition("report.barriers.definition", whole=summary.people.total),
    )
    return Section("barriers", texts("report.barriers.heading"), (block,))


def _barrier_row(make: Maker, barrier: Barrier) -> tuple[Cell, ...]:
    texts = make.texts
    names = {scheme.scheme: make.say(scheme.words, scheme.scheme) for scheme in make.summary.schemes}
    schemes = texts.listed([names[scheme] for scheme in barrier.schemes])
    note = f"{schemes} ({barrier.article})" if barrier.article else schemes
    return (
        Cell(capital(make.say(barrier.words)), note),
        Cell(texts(f"barrier.{barrier.kind}")),
        Cell(texts.number(barrier.blocked)),
        Cell(texts.number(barrier.only)),
        Cell(make.say(barrier.remedy)),
    )


def columns_read(make: Maker) -> Section:
    """Which column was taken for what, and why."""
    texts, mapping = make.texts, make.prepared.mapping
    rows = tuple(_rule_row(make, rule) for rule in mapping.rules.values())
    columns = [(f"report.columns.{key}", Kind.TEXT) for key in ("field", "column", "why")]
    unused = [f"«{name}»" for name in make.prepared.sheet.columns if name not in mapping.columns]
    notes = [texts("report.columns.unused", columns=texts.listed(unused))] if unused else []
    remarks = [remark.text(texts.language) for remark in (*make.prepared.sheet.remarks, *make.prepared.remarks)]
    blocks = [
        Block(
            paragraphs=(texts("report.columns.lead"),),
            table=Table(texts("report.columns.heading"), heads(texts, columns), rows),
            notes=tuple(notes),
        )
    ]
    if remarks:
        blocks.append(Block(heading=texts("report.columns.remarks"), notes=tuple(remarks)))
    return Section("columns", texts("report.columns.heading"), tuple(blocks))


def _rule_row(make: Maker, rule: Rule) -> tuple[Cell, ...]:
    spec = make.prepared.specs[rule.field]
    return (
        Cell(capital(spec.word(make.texts.language)), rule.field),
        Cell(rule_source(make.texts, rule)),
        Cell(rule_reason(make.texts, rule)),
    )


def rule_source(texts: Texts, rule: Rule) -> str:
    """The column or columns of a rule, or the constant that stands for all."""
    if rule.constant is not None:
        return texts("report.columns.constant", value=rule.constant)
    named = texts.listed([f"«{name}»" for name in rule.sources])
    return texts("report.columns.when", columns=named) if rule.when else named


def rule_reason(texts: Texts, rule: Rule) -> str:
    """Why a column was taken for a field."""
    if rule.reason is None:
        why = texts("report.columns.by_person")
        return f"{why}; × {rule.factor:f}: {rule.because}" if rule.factor is not None else why
    why = sentence("reasons", rule.reason.code, texts.language, rule.reason.values)
    return f"{why} ({texts.percent_of_hundred(round(rule.confidence * 100))})"
