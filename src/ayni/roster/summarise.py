"""From a screening to its summary."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl

from ayni.roster.columns_by_scheme import ByScheme
from ayni.roster.costs import scheme_costs, total_cost
from ayni.roster.coverage import (
    branch_states,
    count_branches,
    count_members,
    count_outside,
    count_people,
    cover_today,
    uncovered,
)
from ayni.roster.mapping_file import dump_mapping
from ayni.roster.obstacles import find_barriers, lacking, rank_wanted
from ayni.roster.prepare import Prepared
from ayni.roster.problems import Severity
from ayni.roster.questions import BRANCHES, SchemeQuestion
from ayni.roster.screen import ELIGIBLE, NOT_ELIGIBLE, OUTSIDE, UNDECIDED, Screening
from ayni.roster.summary import Provenance, Rows, SchemeSummary, Summary
from ayni.rules.plan import HISTORY, PACK_FIGURE

BLOCK = 1 << 20


def summarise(prepared: Prepared, screening: Screening) -> Summary:
    """All the numbers of a check."""
    table = ByScheme(screening)
    states = {branch: branch_states(table, branch) for branch in BRANCHES}
    without = uncovered(screening.persons)
    questions = screening.missing.open_questions
    words = {name: spec.words for name, spec in prepared.specs.items()}
    return Summary(
        provenance=provenance(prepared, screening),
        rows=count_rows(prepared),
        people=count_people(screening.persons),
        members=count_members(screening.persons),
        outside=count_outside(screening),
        schemes=tuple(_scheme(table, question, without) for question in screening.questions.schemes),
        branches=count_branches(table, states),
        cost=total_cost(screening, without),
        barriers=find_barriers(table),
        wanted=rank_wanted(questions, screening.pack, words, prepared.fields),
        pack_figures_missing=lacking(questions, PACK_FIGURE),
        history_missing=lacking(questions, HISTORY),
        cover=cover_today(screening, states),
    )


def _scheme(table: ByScheme, question: SchemeQuestion, without: pl.Series | None) -> SchemeSummary:
    counts = dict(table.column(question, "decision").value_counts().iter_rows())
    payers, income = scheme_costs(table, question)
    screening = table.screening
    bare = None if without is None else int((table.decision_is(question, ELIGIBLE) & without).sum())
    unsure = screening.unconfirmed[question.name] | screening.unconfirmed_contributions[question.name]
    return SchemeSummary(
        scheme=question.name,
        id=question.scheme.id,
        words=question.scheme.name,
        type=question.scheme.type,
        protects=question.protects,
        branches=question.branches,
        eligible=int(counts.get(ELIGIBLE, 0)),
        undecided=int(counts.get(UNDECIDED, 0)),
        not_eligible=int(counts.get(NOT_ELIGIBLE, 0)),
        outside=int(counts.get(OUTSIDE, 0)),
        dependants=int(table.column(question, "as_dependant").fill_null(value=False).sum()),
        uncovered=bare,
        payers=payers,
        income=income,
        unconfirmed=tuple(sorted(unsure)),
    )


def count_rows(prepared: Prepared) -> Rows:
    """Rows and what is wrong with them."""
    errors = prepared.problems.of(Severity.ERROR).frame["count"].sum()
    warnings = prepared.problems.of(Severity.WARNING).frame["count"].sum()
    used = prepared.table.num_rows
    return Rows(len(prepared.sheet), used, len(prepared.set_aside), int(errors), int(warnings))


def provenance(prepared: Prepared, screening: Screening) -> Provenance:
    """With what the result was made."""
    from ayni import __version__

    pack = screening.pack
    return Provenance(
        roster=Path(prepared.sheet.path).name,
        sheet=prepared.sheet.name,
        country=pack.country,
        country_name=pack.name,
        on=screening.on,
        known_on=screening.known_on,
        pack_version=pack.version,
        pack_hash=pack.content_hash,
        engine=screening.engine,
        ayni_version=__version__,
        roster_sha256=_file_hash(Path(prepared.sheet.path)),
        inputs_sha256=_inputs_hash(screening),
        currency=pack.currency,
        currency_decimals=pack.currency_decimals,
        pack_checked_by=pack.checked_by,
    )


def _file_hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _inputs_hash(screening: Screening) -> str:
    """Of the canonical inputs as CSV: the same on every machine and with every version of the libraries."""
    frame = pl.from_arrow(screening.inputs)
    assert isinstance(frame, pl.DataFrame)
    return hashlib.sha256(frame.select(sorted(frame.columns)).write_csv().encode()).hexdigest()


def mapping_text(prepared: Prepared, language: str) -> str:
    """The mapping as it is saved beside the report."""
    return dump_mapping(prepared.mapping, language=language)
