"""The labour force survey read in plain Python, for figures that owe nothing to Ayni's own reading, rules or engines.

Encuesta Permanente de Hogares of Argentina, INDEC: 2,000 of its persons. The file is called 2nd quarter of 2016, but
its rows say `ANO4` 2016 and `TRIMESTRE` 4; incomes are taken as of December 2016. Persons were drawn one by one, from
1,894 households, so that nearly no household is complete and nothing may be added up over one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

NOT_STATED = Decimal(-9)


@dataclass(frozen=True)
class SurveyPerson:
    """One row, with codes as whole numbers: some columns write `1`, others `1.0`; empty is None."""

    household: tuple[str, str]
    component: str
    weight: int
    age_code: int
    state: int
    occupation_category: int
    health_cover: int
    pension_deduction: int | None
    main_income_code: Decimal

    @property
    def status(self) -> str | None:
        """The status in employment in the words of the vocabulary; None for the persons who were not interviewed.

        Unpaid help is a contributing family worker; children under 10 (state 4) are outside the labour force.
        """
        if self.state == 1:
            return {
                1: "employer",
                2: "own_account_worker",
                3: "employee",
                4: "contributing_family_worker",
            }[self.occupation_category]
        return {0: None, 2: "unemployed", 3: "inactive", 4: "inactive"}[self.state]

    @property
    def age(self) -> int:
        """Completed years at the interview; the survey writes -1 for under one year."""
        return max(0, self.age_code)

    @property
    def monthly_income(self) -> Decimal | None:
        """Income of the main occupation in pesos of 2016; None where it is not stated (-9)."""
        return None if self.main_income_code == NOT_STATED else self.main_income_code


def read_survey(path: Path) -> tuple[SurveyPerson, ...]:
    """All rows in the order of the file."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(_person(row) for row in csv.DictReader(file))


def _person(row: dict[str, str]) -> SurveyPerson:
    return SurveyPerson(
        household=(row["CODUSU"], row["NRO_HOGAR"]),
        component=row["COMPONENTE"],
        weight=int(row["PONDERA"]),
        age_code=int(row["CH06"]),
        state=int(row["ESTADO"]),
        occupation_category=int(row["CAT_OCUP"]),
        health_cover=int(row["CH08"]),
        pension_deduction=int(Decimal(row["PP07H"])) if row["PP07H"] else None,
        main_income_code=Decimal(row["P21"]),
    )


def weighted_share(persons: Iterable[tuple[SurveyPerson, bool]]) -> Decimal:
    """The share, in hundredths, of those with True among all, each counted with her or his survey weight."""
    counted = list(persons)
    whole = sum(person.weight for person, _ in counted)
    part = sum(person.weight for person, holds in counted if holds)
    return Decimal(100 * part) / Decimal(whole)
