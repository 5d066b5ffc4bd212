"""PostgreSQL as an engine: canonical tables are copied into temporary tables of one session and the plan runs inside
the database.

For data that is in the database already, `compile_plan(plan, POSTGRES, …)` over a view called `persons` needs no copy
at all.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv as pacsv

from ayni.rules.engines.base import arrow_type
from ayni.rules.engines.dialect import POSTGRES
from ayni.rules.engines.sql_plan import Statement, compile_plan
from ayni.rules.engines.statement_log import log_statement
from ayni.rules.plan import Plan

if TYPE_CHECKING:
    import psycopg

COPY_ROWS = 100_000


class PostgresEngine:
    """Runs plans in a session of its own (from a DSN), or on the connection it is given."""

    name = "postgres"

    def __init__(self, dsn: str | None = None, connection: psycopg.Connection | None = None) -> None:
        import psycopg

        assert (dsn is None) is not (connection is None), "give a DSN or a connection"
        self.connection = connection if connection is not None else psycopg.connect(dsn or "", autocommit=True)
        # Compiling expressions to machine code takes longer than most plans run.
        self.connection.execute("SET jit = off")

    def close(self) -> None:
        self.connection.close()

    def run(self, plan: Plan, persons: pa.Table, history: pa.Table | None, *, masks: bool) -> pa.Table:
        """See `engines.base`."""
        statement = compile_plan(plan, POSTGRES, masks=masks)
        sql = self.sql(statement)
        with self.connection.transaction(force_rollback=True):
            self._copy("persons", persons)
            if history is not None:
                self._copy("history", history)
            log_statement(self.name, sql)
            rows = self.connection.execute(sql.encode()).fetchall()
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(statement.columns)
        arrays = {
            name: pa.array(values, type=self._type(plan, name))
            for name, values in zip(statement.columns, columns, strict=True)
            if name != "row"
        }
        return pa.table(arrays)

    def sql(self, statement: Statement) -> str:
        return POSTGRES.sql(statement.select.order_by("row", copy=False))

    def _type(self, plan: Plan, name: str) -> pa.DataType:
        if name in plan.outputs:
            return arrow_type(plan.variables[name].shape)
        return pa.bool_() if name.startswith("check.") else pa.int64()

    def _copy(self, name: str, table: pa.Table) -> None:
        from psycopg import sql

        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(field.name), sql.SQL(_postgres_type(field.type)))
            for field in table.schema
        )
        create = sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(sql.Identifier(name), columns)
        statement = sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(sql.Identifier(name))
        for part in (create, statement):
            log_statement(self.name, part.as_string(self.connection))
        self.connection.execute(create)
        options = pacsv.WriteOptions(include_header=False)
        with self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            for batch in table.to_batches(max_chunksize=COPY_ROWS):
                buffer = io.BytesIO()
                pacsv.write_csv(batch, buffer, options)
                copy.write(buffer.getvalue())


def _postgres_type(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "boolean"
    return "bigint" if pa.types.is_integer(kind) else "text"
