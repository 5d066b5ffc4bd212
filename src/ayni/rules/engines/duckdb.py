"""DuckDB as an engine: in process, streaming, over Arrow tables or Parquet files."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from pathlib import Path

import duckdb
import pyarrow as pa

from ayni.rules.engines.dialect import DUCKDB
from ayni.rules.engines.sql_plan import Statement, compile_plan
from ayni.rules.engines.statement_log import log_statement
from ayni.rules.plan import Plan

# Plans that are run again and again (explanations, single persons) are compiled once.
COMPILED_MAX = 64


def _connect() -> duckdb.DuckDBPyConnection:
    """A connection that draws no progress bar and, short of memory, writes under the system's temporary folder."""
    spill = str(Path(tempfile.gettempdir()) / "ayni-duckdb")
    connection = duckdb.connect()
    connection.execute("SET temp_directory = '" + spill.replace("'", "''") + "'")
    connection.execute("SET enable_progress_bar = false")
    return connection


class DuckDBEngine:
    """Runs plans in a DuckDB connection of its own, or the one it is given."""

    name = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        self.connection = connection or _connect()
        # By the identity of the plan, which is kept along so that no other can take its place.
        self._compiled: OrderedDict[tuple[int, bool], tuple[Plan, str, list[str]]] = OrderedDict()

    def run(self, plan: Plan, persons: pa.Table, history: pa.Table | None, *, masks: bool) -> pa.Table:
        """See `engines.base`."""
        sql, columns = self._statement(plan, masks)
        cursor = self.connection.cursor()
        cursor.register("persons", persons)
        if history is not None:
            cursor.register("history", history)
        try:
            log_statement(self.name, sql)
            table = cursor.sql(sql).to_arrow_table()
        finally:
            cursor.close()
        return table.rename_columns(columns).drop_columns(["row"])

    def _statement(self, plan: Plan, masks: bool) -> tuple[str, list[str]]:
        """The text of a plan's statement and the names of what it gives."""
        known = self._compiled.get((id(plan), masks))
        if known is None:
            statement = compile_plan(plan, DUCKDB, masks=masks)
            known = (plan, self.sql(statement, plan), list(statement.columns))
            self._compiled[id(plan), masks] = known
            while len(self._compiled) > COMPILED_MAX:
                self._compiled.popitem(last=False)
        return known[1], known[2]

    def sql(self, statement: Statement, plan: Plan) -> str:
        """The statement as text; rows come back in their order only where something could have moved them."""
        select = statement.select
        if plan.uses_household or plan.uses_history:
            select = select.order_by("row", copy=False)
        return DUCKDB.sql(select)
