"""The section on what joining costs in a month, and who pays."""

from __future__ import annotations

from decimal import Decimal

from ayni.roster.questions import PAYERS
from ayni.roster.report.charts import Segment, stacked_bar
from ayni.roster.report.parts import Block, Cell, Column, Kind, Maker, Section, Table, capital
from ayni.roster.summary import IncomeShare, SchemeSummary

HUNDREDTHS_OF_PERCENT = 10_000


def costs(make: Maker) -> Section:
    """The cost for everybody who can join, then by scheme."""
    texts, cost = make.texts, make.summary.cost
    blocks: tuple[Block, ...]
    if not cost.payers:
        blocks = (Block(paragraphs=(texts("report.costs.none"),)),)
    else:
        blocks = (_together(make), _by_scheme(make))
    return Section("costs", texts("report.costs.heading"), blocks)


def _together(make: Maker) -> Block:
    texts, cost = make.texts, make.summary.cost
    currency = make.summary.provenance.currency
    lead = [texts("report.costs.lead", people=texts("words.people", count=cost.people))]
    if cost.incomes_minor:
        lead.append(
            texts(
                "report.costs.share",
                share=texts.percent_of(Decimal(cost.contributions_minor) / Decimal(cost.incomes_minor)),
                contributions=texts.money(cost.contributions_minor, whole=True),
                incomes=texts.money(cost.incomes_minor, whole=True),
                currency=currency,
                people=texts("words.people", count=cost.income_people),
            )
        )
    if cost.uncovered_people is not None:
        lead.append(texts("report.costs.bare_lead", count=cost.uncovered_people))
    payers = [payer for payer in PAYERS if payer in cost.payers]
    segments = [
        Segment(
            f"c-{payer}",
            texts(f"payer.{payer}"),
            cost.payers[payer].total_minor,
            f"{texts.money(cost.payers[payer].total_minor, whole=True)} {currency}",
        )
        for payer in payers
    ]
    per_month = texts("words.per_month", currency=currency)
    columns = [
        Column(capital(texts("report.costs.payer"))),
        Column(f"{capital(texts('report.costs.total'))}, {per_month}", Kind.NUMBER),
        Column(capital(texts("report.costs.people")), Kind.NUMBER),
        Column(f"{capital(texts('report.costs.each'))}, {per_month}", Kind.NUMBER),
        Column(capital(texts("report.costs.unknown")), Kind.NUMBER),
    ]
    if cost.uncovered_payers is not None:
        columns.append(Column(f"{capital(texts('report.costs.bare'))}, {per_month}", Kind.NUMBER))
    return Block(
        paragraphs=tuple(lead),
        drawing=stacked_bar(segments, title=texts("report.costs.chart"), height=34),
        table=Table(texts("report.costs.chart"), tuple(columns), tuple(_payer_row(make, payer) for payer in payers)),
        definition=make.definition("report.costs.definition", "report.costs.share_definition", whole=None),
    )


def _payer_row(make: Maker, payer: str) -> tuple[Cell, ...]:
    texts, cost = make.texts, make.summary.cost
    found = cost.payers[payer]
    cells = [
        Cell(capital(texts(f"payer.{payer}")), colour=f"c-{payer}"),
        Cell(texts.money(found.total_minor)),
        Cell(texts.number(found.people)),
        Cell("–" if found.average_minor is None else texts.money(found.average_minor)),
        Cell(texts.number(found.unknown)),
    ]
    if cost.uncovered_payers is not None:
        bare = cost.uncovered_payers.get(payer)
        cells.append(Cell(texts.money(bare.total_minor) if bare else "–"))
    return tuple(cells)


def _by_scheme(make: Maker) -> Block:
    texts = make.texts
    schemes = [scheme for scheme in make.summary.schemes if scheme.payers]
    payers = [payer for payer in PAYERS if any(payer in scheme.payers for scheme in schemes)]
    per_month = texts("words.per_month", currency=make.summary.provenance.currency)
    columns = (
        Column(capital(texts("report.schemes.scheme"))),
        Column(capital(texts("report.schemes.can")), Kind.NUMBER),
        *(Column(f"{capital(texts(f'payer.{payer}'))}, {per_month}", Kind.NUMBER) for payer in payers),
        Column(capital(texts("report.costs.unknown")), Kind.NUMBER),
        Column(capital(texts("report.costs.income"))),
    )
    return Block(
        heading=texts("report.costs.by_scheme"),
        paragraphs=(texts("report.costs.by_scheme_lead"),),
        table=Table(
            texts("report.costs.by_scheme"), columns, tuple(_scheme_row(make, scheme, payers) for scheme in schemes)
        ),
        definition=(f"{make.source}.",),
    )


def _scheme_row(make: Maker, scheme: SchemeSummary, payers: list[str]) -> tuple[Cell, ...]:
    texts = make.texts
    amounts = [scheme.payers.get(payer) for payer in payers]
    unknown = max((found.unknown for found in amounts if found is not None), default=0)
    return (
        Cell(make.say(scheme.words, scheme.scheme), mark=texts("words.unconfirmed_mark") if scheme.unconfirmed else ""),
        Cell(texts.number(scheme.eligible)),
        *(Cell(texts.money(found.total_minor, whole=True) if found else "–") for found in amounts),
        Cell(texts.number(unknown)),
        _income_cell(make, scheme.income),
    )


def _income_cell(make: Maker, income: IncomeShare | None) -> Cell:
    texts = make.texts
    if income is None:
        return Cell("–")
    share = texts.percent_of(Decimal(income.contributions_minor) / Decimal(income.incomes_minor))
    median = texts.percent_of(Decimal(income.median) / HUNDREDTHS_OF_PERCENT)
    name = make.say(income.income_words, income.income_input)
    people = texts("words.people", count=income.people)
    return Cell(texts("report.costs.income_cell", share=share, income=name, median=median), people)
