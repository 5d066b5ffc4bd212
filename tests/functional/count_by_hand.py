"""The shipped rosters counted from their cells and from the law, in plain Python: nothing of Ayni is used.

The figures are those of the gazettes: the scale of independent workers of Costa Rica of 2026 (JD sesión 8999 and 9570)
and the limits of the Argentine Monotributo from February 2026 (Ley 24.977, Anexo).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import openpyxl

ON = date(2026, 3, 1)
CENT = Decimal("0.01")
Row = dict[str, str | None]

# Net income up to (exclusive but for the first) → rates of the insured for health and for pensions.
SCALE = (
    (Decimal("346789.01"), Decimal("0.0289"), Decimal("0.0416")),
    (Decimal("746184.60"), Decimal("0.0433"), Decimal("0.0565")),
    (Decimal("1492369.20"), Decimal("0.0624"), Decimal("0.0753")),
    (Decimal("2238553.80"), Decimal("0.0802"), Decimal("0.0798")),
    (Decimal("Infinity"), Decimal("0.1069"), Decimal("0.0842")),
)
FLOOR_HEALTH, FLOOR_PENSION = Decimal(346_789), Decimal(324_590)
TURNOVER_LIMIT, UNIT_PRICE_LIMIT, ACTIVITIES_LIMIT = Decimal("108357084.05"), Decimal("613492.31"), 3
MONEY_LIMIT = 10**10

OWN_ACCOUNT = {"cuenta propia", "patrono", "patrona"}
EMPLOYEES = {"asalariado", "asalariada"}
COOPERATIVE = {"asociado de cooperativa", "asociada de cooperativa"}


def of_costa_rica(path: Path) -> list[Row]:
    """The rows of the coffee growers, each person once."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    lines = [[None if cell is None else str(cell) for cell in line] for line in sheet.iter_rows(values_only=True)]
    return once([dict(zip(map(str, lines[0]), line, strict=True)) for line in lines[1:]], "Cédula")


def of_argentina(path: Path) -> list[Row]:
    """The rows of the garment workers, each person once."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [{key: value or None for key, value in row.items()} for row in csv.DictReader(file, delimiter=";")]
    return once(rows, "CUIL")


def once(rows: Iterable[Row], number: str) -> list[Row]:
    """Without the rows that repeat an identity number; the mistakes in the lists repeat whole rows only."""
    seen: set[str] = set()
    kept = []
    for row in rows:
        digits = "".join(filter(str.isdigit, row[number] or ""))
        if digits not in seen:
            kept.append(row)
        seen.add(digits)
    return kept


def amount(text: str | None) -> Decimal | None:
    """A number of the list; what no income can be is unknown."""
    if text is None:
        return None
    found = Decimal(text.replace(".", "").replace(",", ".") if "," in text else text)
    return found if 0 <= found <= MONEY_LIMIT else None


def lives_here(row: Row) -> bool:
    return row["Vive o trabaja en Costa Rica"] != "no"


def independent(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if lives_here(row) and row["Condición laboral"] in OWN_ACCOUNT]


def employed(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if lives_here(row) and row["Condición laboral"] in EMPLOYEES]


def voluntary(rows: Iterable[Row], can_pay: str | None) -> list[Row]:
    """People who neither work for pay nor on their own account, by whether they can pay."""
    working = OWN_ACCOUNT | EMPLOYEES
    idle = [row for row in rows if lives_here(row) and row["Condición laboral"] not in working]
    return [row for row in idle if row["Puede pagar cuotas"] == can_pay]


def due_by_independent(row: Row) -> Decimal | None:
    """What an independent worker of Costa Rica pays in a month; None where the income is not known."""
    income = amount(row["Ingreso mensual neto"])
    if income is None:
        return None
    health, pension = next((health, pension) for edge, health, pension in SCALE if income < edge)
    return round_cent(max(income, FLOOR_HEALTH) * health) + round_cent(max(income, FLOOR_PENSION) * pension)


def round_cent(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def age(text: str | None) -> int | None:
    """Completed years; None for a day that does not exist or has not come."""
    try:
        born = datetime.strptime(text or "", "%d/%m/%Y").date()
    except ValueError:
        return None
    return None if born > ON else ON.year - born.year - ((ON.month, ON.day) < (born.month, born.day))


def is_outside_argentina(row: Row) -> bool:
    """Children, employees, family workers and people without an activity: the pack has no rules for them."""
    years = age(row["Fecha de nacimiento"])
    status = row["Situación laboral"]
    return (years is not None and years < 16) or (
        status is not None and status not in COOPERATIVE and status != "cuenta propia"
    )


def monotributo(row: Row) -> bool | None:
    """Whether the simplified regime takes somebody who works independently; None where a cell decides that is empty."""
    turnover, price = amount(row["Facturación últimos 12 meses"]), amount(row["Precio unitario más alto"])
    activities = row["Cantidad de actividades"]
    goods = row["Bienes o servicios"]
    conditions: Sequence[bool | None] = (
        True if row["Situación laboral"] is not None else None,
        True if goods is not None else None,
        None if turnover is None else turnover <= TURNOVER_LIMIT,
        # Who has premises would have to say how large they are and what they use.
        True if row["Local fuera de la casa"] == "no" else None,
        None if activities is None else int(activities) <= ACTIVITIES_LIMIT,
        True if goods == "servicios" or (price is not None and price <= UNIT_PRICE_LIMIT) else
        False if goods == "bienes" and price is not None else None,
        None if row["Importa para revender"] is None else row["Importa para revender"] == "no",
    )  # fmt: skip
    if False in conditions:
        return False
    return None if None in conditions else True
