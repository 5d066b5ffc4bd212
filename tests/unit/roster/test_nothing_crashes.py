"""Rubbish of every kind is read or refused with a code; nothing else is ever raised."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ayni.core.errors import AyniError
from ayni.roster.guess import guess_mapping
from ayni.roster.mapping import Mapping, Rule
from ayni.roster.prepare import prepare
from ayni.roster.read import read_sheet
from tests.unit.roster.making import FILES, SETTING, SPECS, sheet_of, write_ods, write_xlsx

_HARD = (
    *("1", "0", "-9", "1.234", "1,5", "1e9", "₡ 5", "$5", "5%", "-", "--5", "²", "٣", "\u202f"),
    *(
        "03/04/1980",
        "31/02/1980",
        "1980-01-02",
        "29221",
        "M",
        "F",
        "sí",
        "x",
        "s/d",
        "H1",
        "jefe",
        "hijo",
        "asalariado",
    ),
    *("1-0613-0584", "8888-8888"),
)
CELLS = st.none() | st.text(max_size=12) | st.sampled_from(_HARD)
TEXT = "Cédula;Nombre;Fecha de nacimiento;Sexo;Salario\n1-0613-0584;Ana;03/04/1980;F;1.234,50\n2;Luis;25/12/1999;M;5\n"


def check(path: Path) -> None:
    """The whole way of a file, with a guessed mapping."""
    try:
        sheet = read_sheet(path)
        result = prepare(sheet, guess_mapping(sheet, SPECS, SETTING), SPECS, SETTING)
    except AyniError as error:
        refused: AyniError | None = error
    else:
        refused = None
        assert result.table.num_rows + len(result.set_aside) == len(sheet)
        assert all(task.text for task in result.problems.tasks("es"))
        for problem in result.problems:
            assert problem.message["en"]
    if refused is not None:
        assert refused.code.startswith("roster.")
        assert refused.action


@given(st.lists(CELLS, min_size=1, max_size=8), st.sampled_from(sorted(SPECS)))
def test_any_cells_in_any_field(cells: list[str | None], name: str) -> None:
    sheet = sheet_of({"c": cells, "d": list(reversed(cells))})
    mapping = Mapping({name: Rule(name, columns=("c",)), "birth_date": Rule("birth_date", columns=("d",))})
    result = prepare(sheet, mapping, SPECS, SETTING)
    assert result.table.num_rows + len(result.set_aside) == len(cells)
    assert all(problem.message["es"] and problem.action["en"] for problem in result.problems)


@given(st.binary(max_size=200), st.sampled_from([".csv", ".tsv", ".xlsx", ".xls", ".ods", ".parquet"]))
def test_any_bytes_under_any_name(data: bytes, ending: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"m{ending}"
        path.write_bytes(data)
        check(path)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_text_file_with_bytes_changed(changes: list[tuple[int, int]]) -> None:
    data = bytearray(TEXT.encode("cp1252"))
    for place, byte in changes:
        data[place % len(data)] = byte
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.csv"
        path.write_bytes(data)
        check(path)


@given(st.data())
def test_a_workbook_with_bytes_changed_or_cut(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = [["Nombre", "Salario"], ["Ana", 1.5], ["Luis", "x"]]
        kind = data.draw(st.sampled_from(["xlsx", "ods", "xls"]))
        path = Path(folder) / f"m.{kind}"
        if kind == "xls":
            path.write_bytes((FILES / "old.xls").read_bytes())
        elif kind == "ods":
            write_ods(path, rows)
        else:
            write_xlsx(path, {"A": rows})
        content = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(0, 4))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])
        check(path)
