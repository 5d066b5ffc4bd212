"""The SQL written by hand, against which the kernel's speed is measured, says what the kernel says.

It was written from the law, apart from the compiler, so this is also a second opinion on the whole pack of Costa Rica:
every scheme variable, on two engines, for synthetic persons with unknown cells and amounts that stand on a threshold.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import duckdb
import pyarrow as pa
import pytest

import ayni
from ayni.core.postgres import connect

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
PERSONS = 3_000
DAY = date(2026, 3, 1)


def benchmark(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of benchmarks/, whose scripts import one another by their short names."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    module = __import__(name)
    sys.modules.pop(name)
    return module


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pa.Table:
    path = tmp_path / "people.parquet"
    benchmark("population", monkeypatch).write_population(path, PERSONS)
    return duckdb.sql(f"SELECT * FROM '{path}'").to_arrow_table()


def differences(by_hand: pa.Table, by_kernel: pa.Table) -> dict[str, list[tuple[object, object, object]]]:
    """Columns that the kernel answers otherwise, with the first few (person, by hand, by kernel)."""
    order = by_hand.column("person_id").to_pylist()
    assert order == by_kernel.column("person_id").to_pylist()
    wrong = {}
    for name in by_hand.column_names:
        pairs = zip(order, by_hand.column(name).to_pylist(), by_kernel.column(name).to_pylist(), strict=True)
        unequal = [(person, left, right) for person, left, right in pairs if left != right]
        if unequal:
            wrong[name] = unequal[:3]
    return wrong


def of_schemes(names: list[str]) -> set[str]:
    return {name for name in names if "." in name}


def test_on_duckdb(people: pa.Table) -> None:
    connection = duckdb.connect()
    connection.register("people", people)
    query = (BENCHMARKS / "handwritten" / "cr_2026.duckdb.sql").read_text(encoding="utf-8")
    by_hand = connection.sql(f"SELECT * FROM ({query}) ORDER BY person_id").to_arrow_table()
    pack = ayni.load_pack("cr")
    outputs = [name for name in by_hand.column_names if name != "person_id"]
    assert of_schemes(outputs) == of_schemes(list(pack.program.variables)), "the SQL by hand leaves nothing out"
    result = pack.evaluate(people, on=DAY, engine="duckdb", outputs=outputs, masks=False)
    assert differences(by_hand, result.table) == {}


def test_histories_on_duckdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    population = benchmark("population", monkeypatch)
    people, records = tmp_path / "people.parquet", tmp_path / "records.parquet"
    population.write_histories(people, records, 400)
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW people AS SELECT * FROM '{people}'")
    connection.execute(f"CREATE VIEW records AS SELECT * FROM '{records}'")
    query = (BENCHMARKS / "handwritten" / "cr_2026_history.duckdb.sql").read_text(encoding="utf-8")
    by_hand = connection.sql(f"SELECT * FROM ({query}) ORDER BY person_id").to_arrow_table()
    outputs = [name for name in by_hand.column_names if name != "person_id"]
    tables = [connection.sql(f"SELECT * FROM {name}").to_arrow_table() for name in ("people", "records")]
    result = ayni.load_pack("cr").evaluate(
        tables[0], on=DAY, engine="duckdb", outputs=outputs, masks=False, history=tables[1]
    )
    assert differences(by_hand, result.table) == {}


@pytest.mark.postgres
def test_on_postgres(people: pa.Table, postgres_schema: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = benchmark("bench_kernel_postgres", monkeypatch)
    with connect(postgres_schema, autocommit=True) as connection:
        columns, query = bench.prepare(connection, people)
        bench.one_run(connection, "hand", "", bench.BY_HAND.read_text(encoding="utf-8"))
        bench.one_run(connection, "kernel", columns, query)
        assert bench.different(connection) == {}
