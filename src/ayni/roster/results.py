"""`results.parquet`: the long table for programs, typed and without language, with what is needed to make it again.

The metadata of the file under `ayni` says with which pack, inputs, day and program it was made. The same check gives
the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ayni.roster.amounts_due import BENEFIT
from ayni.roster.questions import PAYERS, SchemeQuestion
from ayni.roster.screen import Screening
from ayni.roster.summary import Provenance, as_plain

METADATA_KEY = "ayni"


def write_results(path: Path, screening: Screening, provenance: Provenance, mapping: str) -> None:
    """Write the table. mapping: the text of the mapping file that was used."""
    table = result_table(screening)
    described = {**as_plain(provenance), "mapping": mapping}
    metadata = {METADATA_KEY: json.dumps(described, ensure_ascii=False, sort_keys=True)}
    pq.write_table(table.replace_schema_metadata(metadata), path, compression="zstd")


def read_metadata(path: Path) -> dict[str, Any]:
    """With what a file of results was made."""
    found: dict[str, Any] = json.loads(pq.read_schema(path).metadata[METADATA_KEY.encode()])
    return found


def result_table(screening: Screening) -> pa.Table:
    """A row a person and scheme. Amounts are whole minor units a month, `share_of_income` hundredths of a percent."""
    questions = screening.questions.schemes
    persons = screening.persons
    who = [name for name in ("member_number", "national_id", "household_id", "name") if name in persons.columns]
    through = persons.select(pl.col("position").alias("through"), pl.col("row").alias("through_row"))
    patterns = pl.DataFrame(
        [(p.key, list(p.names), list(p.deciding)) for p in screening.missing.patterns],
        schema={"pattern": pl.UInt32, "missing": pl.List(pl.String), "deciding": pl.List(pl.String)},
        orient="row",
    )
    frame = screening.decisions
    for other, keys in (
        (persons.select("position", "status", *who), ["position"]),
        (patterns, ["pattern"]),
        (through, ["through"]),
        (_lists(screening, "unmet", _conditions), ["scheme", "unmet"]),
        (_lists(screening, "rights", _benefits), ["scheme", "rights"]),
        (_lists(screening, "rights_open", _benefits), ["scheme", "rights_open"]),
    ):
        frame = frame.join(other, on=keys, how="left", maintain_order="left")
    opened = {question.name: list(question.branches) for question in questions}
    branches = pl.DataFrame(
        list(opened.items()), schema={"scheme": pl.String, "opened": pl.List(pl.String)}, orient="row"
    )
    frame = frame.join(branches, on="scheme", how="left", maintain_order="left")
    ids = {question.name: question.scheme.id for question in questions}
    money = [column for payer in PAYERS for column in (pl.col(payer).alias(f"{payer}_minor"), pl.col(f"{payer}_state"))]
    chosen = frame.select(
        pl.col("row").alias("row_number"),
        "person_id",
        *who,
        "status",
        pl.col("scheme").replace_strict(ids, return_dtype=pl.String),
        "decision",
        pl.col("outside").alias("outside_group"),
        pl.col("unmet_list").alias("unmet_conditions"),
        pl.col("missing").alias("missing_inputs"),
        pl.col("deciding").alias("deciding_inputs"),
        "as_dependant",
        pl.col("through_row").alias("insured_through_row"),
        *money,
        pl.col("income").alias("income_minor"),
        "income_input",
        pl.col("share").alias("share_of_income"),
        pl.when(pl.col("decision") == "eligible").then("opened").alias("branches_opened"),
        pl.col("rights_list").alias("rights_met"),
        pl.col("rights_open_list").alias("rights_undecided"),
        *(pl.col(name).alias(f"{name.replace('.', '_')}_minor") for name in frame.columns if name.startswith(BENEFIT)),
        pl.col("is_unconfirmed").alias("decision_unconfirmed"),
        "amounts_unconfirmed",
    )
    return _plain_arrow(chosen)


def _conditions(question: SchemeQuestion, bits: int) -> list[str]:
    return [name for place, name in enumerate(question.conditions) if bits >> place & 1]


def _benefits(question: SchemeQuestion, bits: int) -> list[str]:
    """The branches of the benefits that a bit set names."""
    found = [item.benefit.branch for place, item in enumerate(question.benefits) if bits >> place & 1]
    return list(dict.fromkeys(found))


def _lists(screening: Screening, column: str, named: Any) -> pl.DataFrame:
    """scheme, bit set → list of names, for every pattern that occurs."""
    questions = {question.name: question for question in screening.questions.schemes}
    found = screening.decisions.select("scheme", column).unique(maintain_order=True)
    rows = [(scheme, bits, named(questions[scheme], bits)) for scheme, bits in found.iter_rows()]
    schema: dict[str, Any] = {"scheme": pl.String, column: pl.Int64, f"{column}_list": pl.List(pl.String)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _plain_arrow(frame: pl.DataFrame) -> pa.Table:
    """Arrow types that every reader knows: text as string, lists as list."""
    table = frame.to_arrow()
    fields = [pa.field(field.name, _plain_type(field.type)) for field in table.schema]
    return table.cast(pa.schema(fields))


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_large_string(kind) or str(kind) == "string_view":
        return pa.string()
    if pa.types.is_large_list(kind) or pa.types.is_list(kind):
        return pa.list_(_plain_type(kind.value_type))
    return kind
