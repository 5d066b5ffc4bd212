"""The summary that a person reads in a terminal: the first lines of what the report tells in full."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from ayni.packs.model import text_in
from ayni.roster.prepare import Prepared
from ayni.roster.questions import PAYERS
from ayni.roster.report.figures import lead
from ayni.roster.report.parts import capital, row_numbers
from ayni.roster.report.reading import rule_reason, rule_source
from ayni.roster.summary import Summary, Wanted, together
from ayni.roster.texts import Texts

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

TASKS_SHOWN = 6
BARRIERS_SHOWN = 4
GROUPS_SHOWN = 4
BAR_WIDTH = 10
COLOURS = {"own_name": "green", "dependant": "cyan", "undecided": "yellow", "none": "red", "outside": "bright_black"}


def show_mapping(console: Console, prepared: Prepared, texts: Texts) -> None:
    """Which column was taken for what, and why; that a column has the very name of a field needs no saying."""
    mapping = prepared.mapping
    _head(console, texts("terminal.columns"))
    if not mapping.is_guess and mapping.path is not None:
        _line(console, f"  {texts('terminal.by_mapping', path=mapping.path)}")
    table = _table()
    for rule in mapping.rules.values():
        word = prepared.specs[rule.field].word(texts.language)
        is_plain = rule.reason is not None and rule.reason.code == "name" and rule.confidence == 1
        why = "" if is_plain or (rule.reason is None and rule.factor is None) else rule_reason(texts, rule)
        table.add_row(_plain(f"  {capital(word)}"), "←", _plain(rule_source(texts, rule)), _plain(why, "dim"))
    console.print(table)
    if mapping.is_guess:
        _line(console, f"  {texts('terminal.by_name')}", "dim")
    unused = [f"«{name}»" for name in prepared.sheet.columns if name not in mapping.columns]
    if unused:
        _line(console, f"  {texts('terminal.unused', columns=texts.listed(unused))}")
    for remark in (*prepared.sheet.remarks, *prepared.remarks):
        _line(console, f"  {remark.text(texts.language)}")
    console.print()


def show_summary(console: Console, prepared: Prepared, summary: Summary, texts: Texts) -> None:
    """The whole summary: the answer first, what to do next last."""
    made, rows = summary.provenance, summary.rows
    country = text_in(made.country_name, texts.language, made.country)
    _head(console, texts("terminal.title", country=country, date=texts.date(made.on)))
    roster = made.roster if made.sheet is None else texts("terminal.sheet", roster=made.roster, sheet=made.sheet)
    key = "terminal.file_aside" if rows.set_aside else "terminal.file"
    _line(console, texts(key, roster=roster, read=rows.read, used=rows.used, aside=rows.set_aside))
    console.print()
    _people(console, summary, texts)
    _schemes(console, summary, texts)
    _branches(console, summary, texts)
    _costs(console, summary, texts)
    _cover(console, summary, texts)
    _barriers(console, summary, texts)
    _wanted(console, prepared, summary, texts)
    _tasks(console, prepared, texts)
    if any(scheme.unconfirmed for scheme in summary.schemes):
        _line(console, texts("terminal.unconfirmed"))
    if made.pack_checked_by is None:
        _head(console, texts("terminal.unchecked"))


def _line(console: Console, text: str, style: str = "") -> None:
    """A line shown as it is; where it is too long, the rest stands under its beginning."""
    import textwrap

    indent = " " * (len(text) - len(text.lstrip()))
    lines = textwrap.wrap(text.strip(), console.width, initial_indent=indent, subsequent_indent=indent)
    for line in lines:
        console.print(_plain(line, style), soft_wrap=True)


def _head(console: Console, text: str) -> None:
    console.print(_plain(text, "bold"))


def _plain(text: str, style: str = "") -> RenderableType:
    """Text that is shown as it is: a bracket in it is no markup."""
    from rich.text import Text

    return Text(text, style=style)


def _table(heads: Sequence[str] = (), numbers: Sequence[int] = ()) -> Table:
    """A table without lines. numbers: places of the columns that are set to the right."""
    from rich.table import Table

    table = Table(box=None, show_header=bool(heads), header_style="dim", padding=(0, 2, 0, 0), pad_edge=False)
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place in numbers else "left", overflow="fold")
    return table


def _bar(console: Console, part: int, whole: int, style: str) -> RenderableType:
    """A bar of blocks, where the terminal can write them."""
    filled = 0 if whole == 0 else (BAR_WIDTH * part + whole // 2) // whole
    block = "█" if (console.encoding or "").lower().startswith("utf") else "#"
    return _plain(block * max(filled, 1 if part else 0), style)


def _tasks(console: Console, prepared: Prepared, texts: Texts) -> None:
    tasks = prepared.problems.tasks(texts.language)
    if not tasks:
        _line(console, texts("terminal.nothing_to_mend"))
        console.print()
        return
    _head(console, texts("terminal.to_mend"))
    table = _table()
    for task in tasks[:TASKS_SHOWN]:
        table.add_row("  •", _plain(task.text), _plain(row_numbers(texts, task.rows[:5], task.count), "dim"))
    console.print(table)
    if len(tasks) > TASKS_SHOWN:
        _line(console, f"    {texts('terminal.more_tasks', count=len(tasks) - TASKS_SHOWN)}", "dim")
    console.print()


def _people(console: Console, summary: Summary, texts: Texts) -> None:
    people = summary.people
    for sentence in lead(summary, texts):
        _line(console, sentence)
    console.print()
    table = _table()
    for place in range(4):
        table.add_column(justify="right" if place in (1, 2) else "left", no_wrap=place > 0)
    for name, colour in COLOURS.items():
        count = getattr(people, name)
        cells = (texts.number(count), texts.percent(count, people.total), _bar(console, count, people.total, colour))
        table.add_row(_plain(f"  {capital(texts(f'status.{name}'))}"), *cells)
    console.print(table)
    for group in summary.outside:
        words = capital(text_in(group.words, texts.language, group.group))
        _line(console, f"    {words}: {texts.number(group.people)}", "dim")
    console.print()


def _schemes(console: Console, summary: Summary, texts: Texts) -> None:
    """A scheme a line, its numbers under it: names of schemes are long and terminals narrow."""
    _head(console, texts("terminal.schemes"))
    for scheme in summary.schemes:
        mark = f" {texts('words.unconfirmed_mark')}" if scheme.unconfirmed else ""
        _line(console, f"  {text_in(scheme.words, texts.language, scheme.scheme)}{mark}")
        counts = {
            "can": scheme.eligible,
            "open": scheme.undecided,
            "cannot": scheme.not_eligible,
            "outside": scheme.outside,
            "family": scheme.dependants,
        }
        said = [f"{texts(f'terminal.{key}')} {texts.number(n)}" for key, n in counts.items() if n or key == "can"]
        if scheme.income is not None:
            share = Decimal(scheme.income.contributions_minor) / Decimal(scheme.income.incomes_minor)
            said.append(texts("terminal.pays", share=texts.percent_of(share)))
        _line(console, f"    {' · '.join(said)}", "dim")
    console.print()


def _branches(console: Console, summary: Summary, texts: Texts) -> None:
    groups = {"own_name": "own", "dependant": "family", "undecided": "open", "none": "nobody", "outside": "outside"}
    _head(console, texts("terminal.branches"))
    table = _table(["", *(texts(f"terminal.{key}") for key in groups.values())], numbers=(1, 2, 3, 4, 5))
    for branch in summary.branches:
        style = "" if branch.schemes else "dim"
        counts = [texts.number(getattr(branch, name)) for name in groups]
        table.add_row(_plain(f"  {capital(texts(f'branch.{branch.branch}'))}"), *counts, style=style)
    console.print(table)
    console.print()


def _costs(console: Console, summary: Summary, texts: Texts) -> None:
    cost, currency = summary.cost, summary.provenance.currency
    if not cost.payers:
        return
    _head(console, texts("terminal.costs"))
    people = texts("words.people", count=cost.people)
    _line(console, f"  {texts('terminal.costs_of', people=people)}")
    heads = [f"  {texts('terminal.payer')}", texts("terminal.total", currency=currency), texts("terminal.each")]
    bare = cost.uncovered_payers
    if bare is not None:
        heads.append(texts("report.costs.bare"))
    table = _table(heads, numbers=(1, 2, 3))
    for payer in (payer for payer in PAYERS if payer in cost.payers):
        found = cost.payers[payer]
        average = "–" if found.average_minor is None else texts.money(found.average_minor, whole=True)
        cells = [texts.money(found.total_minor, whole=True), average]
        if bare is not None:
            part = bare.get(payer)
            cells.append(texts.money(part.total_minor, whole=True) if part is not None else "–")
        table.add_row(_plain(f"  {capital(texts(f'payer.{payer}'))}"), *cells)
    console.print(table)
    unknown = max(found.unknown for found in cost.payers.values())
    if unknown:
        _line(console, f"  {texts('terminal.unknown_amounts', count=unknown)}", "dim")
    if cost.incomes_minor:
        sentence = texts(
            "report.costs.share",
            share=texts.percent_of(Decimal(cost.contributions_minor) / Decimal(cost.incomes_minor)),
            contributions=texts.money(cost.contributions_minor, whole=True),
            incomes=texts.money(cost.incomes_minor, whole=True),
            currency=currency,
            people=texts("words.people", count=cost.income_people),
        )
        _line(console, f"  {sentence}")
    console.print()


def _cover(console: Console, summary: Summary, texts: Texts) -> None:
    _head(console, texts("terminal.gap"))
    for cover in summary.cover:
        line = texts(
            "terminal.gap_line",
            branch=capital(texts(f"branch.{cover.branch}")),
            covered=cover.covered,
            uncovered=cover.uncovered,
            own=cover.own_name,
            family=cover.dependant,
            open=cover.undecided,
            none=cover.none,
            outside=cover.outside,
        )
        unknown = f" ({texts('terminal.gap_unknown', count=cover.unknown)})" if cover.unknown else ""
        _line(console, f"  {line}{unknown}")
    if not summary.cover:
        _line(console, f"  {texts('terminal.no_cover')}")
    console.print()


def _barriers(console: Console, summary: Summary, texts: Texts) -> None:
    undecided = summary.people.undecided
    lines = [
        (barrier.people, texts(f"barrier.{barrier.kind}"), text_in(barrier.words, texts.language))
        for barrier in summary.barriers
    ]
    if undecided:
        lines.append((undecided, texts("barrier.information"), texts("terminal.information")))
    _head(console, texts("terminal.barriers"))
    if not lines:
        _line(console, f"  {texts('terminal.no_barrier')}")
    for people, kind, words in sorted(lines, key=lambda line: -line[0])[:BARRIERS_SHOWN]:
        count = texts("words.people", count=people)
        _line(console, f"  {count}: {capital(words.rstrip('.'))} ({kind})")
    console.print()


def _wanted(console: Console, prepared: Prepared, summary: Summary, texts: Texts) -> None:
    groups = together(summary.wanted)
    if not groups:
        return
    _head(console, texts("terminal.wanted"))
    for place, group in enumerate(groups[:GROUPS_SHOWN], start=1):
        words = [capital(_word(prepared, item, texts)) for item in group.inputs]
        gain = texts("terminal.gain", count=group.gain, first=group.gain_first)
        _line(console, f"  {place}. {' + '.join(words)}: {gain}")
    console.print()


def _word(prepared: Prepared, wanted: Wanted, texts: Texts) -> str:
    spec = prepared.specs.get(wanted.name)
    return text_in(wanted.words, texts.language, wanted.name) if spec is None else spec.word(texts.language)
