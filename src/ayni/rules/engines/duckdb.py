"""DuckDB as an engine: in process, streaming, over Arrow tables or Parquet files."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from ayni.rules.engines.dialect import DUCKDB
from ayni.rules.engines.sql_plan import Statement, compile_plan
from ayni.rules.plan import Plan


class DuckDBEngine:
    """Runs plans in a DuckDB connection of its own, or the one it is given."""

    name = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        self.connection = connection or duckdb.connect()

    def run(self, plan: Plan, persons: pa.Table, history: pa.Table | None, *, masks: bool) -> pa.Table:
        """See `engines.base`."""
        statement = compile_plan(plan, DUCKDB, masks=masks)
        cursor = self.connection.cursor()
        cursor.register("persons", persons)
        if history is not None:
            cursor.register("history", history)
        try:
            table = cursor.sql(self.sql(statement, plan)).to_arrow_table()
        finally:
            cursor.close()
        return table.rename_columns(list(statement.columns)).drop_columns(["row"])

    def sql(self, statement: Statement, plan: Plan) -> str:
        """The statement as text; rows come back in their order only where something could have moved them."""
        select = statement.select
        if plan.uses_household or plan.uses_history:
            select = select.order_by("row", copy=False)
        return DUCKDB.sql(select)
