"""Small rosters taken through the whole check, for tests of what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import ayni
from ayni.packs.model import Pack
from ayni.roster.for_pack import fields_for, setting_for
from ayni.roster.mapping_file import parse_mapping
from ayni.roster.prepare import Prepared, prepare
from ayni.roster.questions import questions_for
from ayni.roster.read import read_sheet
from ayni.roster.screen import Screening, screen
from ayni.roster.summarise import summarise
from ayni.roster.summary import Summary
from ayni.roster.texts import Texts

ON = date(2026, 3, 1)

# Each column is called as its field; what is empty is unknown.
HEADER = (
    "row,household_id,relationship_to_head,full_name,birth_date,employment_status,monthly_net_income,"
    "monthly_earnings,cr_is_in_costa_rica,cr_has_contributory_capacity,is_in_poverty,has_other_pension,current_cover"
)
# Ana earns 500,000 on her own account; her husband and her daughter live from it; her mother is 70, poor and without a
# pension. Bruno is employed and his pay is not known. Carla works abroad. Of Dora nobody knows how she works. Elsa
# keeps house alone and cannot pay. Félix has no household, and is nobody's relative.
PEOPLE = """\
1,H1,head,Ana Rojas,1980-05-01,own_account_worker,500000,,true,,false,,none
2,H1,spouse,Luis Mora,1979-01-01,inactive,,,true,false,false,false,none
3,H1,child,Eva Mora,2015-01-01,inactive,,,true,,false,,family
4,H1,parent,Rosa Vega,1956-01-01,inactive,,,true,false,true,false,none
5,H2,head,Bruno Paz,1990-01-01,employee,,,true,,false,,employee
6,H3,head,Carla Sol,1990-01-01,own_account_worker,400000,,false,,false,,
7,H4,head,Dora Gil,1990-01-01,,,,true,,false,false,none
8,H5,head,Elsa Ruiz,1990-01-01,inactive,,,true,false,false,false,none
9,,,Félix Luna,1990-01-01,own_account_worker,200000,,true,,false,,private
"""


@dataclass(frozen=True, eq=False)
class Examined:
    """Everything that a check makes of a roster."""

    pack: Pack
    prepared: Prepared
    screening: Screening
    summary: Summary

    def texts(self, language: str) -> Texts:
        pack = self.pack
        return Texts(language, pack.country, pack.currency, pack.currency_decimals)

    def decision(self, row: int, scheme: str) -> dict[str, object]:
        """The row of one person (by her row in the file, from 1 below the header) and scheme."""
        frame = self.screening.decisions
        found = frame.filter((frame["row"] == row + 1) & (frame["scheme"] == scheme))
        assert found.height == 1
        return found.row(0, named=True)

    def status(self, row: int) -> str:
        persons = self.screening.persons
        return str(persons.filter(persons["row"] == row + 1)["status"].item())


@cache
def pack_of(country: str) -> Pack:
    return ayni.load_pack(country)


def examine(path: Path, lines: str = PEOPLE, header: str = HEADER, engine: str = "duckdb", on: date = ON) -> Examined:
    """Write a roster of Costa Rica, read it, and hold it against the rules."""
    path.write_text(f"{header}\n{lines}", encoding="utf-8")
    pack = pack_of("cr")
    questions = questions_for(pack, on)
    names = header.split(",")[1:]
    mapping = parse_mapping("version: '1'\ncolumns:\n" + "".join(f"  {name}: {name}\n" for name in names))
    specs = fields_for(pack, questions.outputs, on, tuple(mapping.rules))
    prepared = prepare(read_sheet(path), mapping, specs, setting_for(pack, on))
    screening = screen(prepared, pack, on, engine=engine, questions=questions)
    return Examined(pack, prepared, screening, summarise(prepared, screening))
