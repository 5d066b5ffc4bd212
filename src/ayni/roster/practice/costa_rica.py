"""A coffee growers' cooperative in the hills of Costa Rica.

Most members grow coffee on their own account and are paid by the harvest (November to February); some are employed,
in the mill or in the village; those at home with them study, keep the house, work for a wage or draw a pension. Who
has cover today: about half of the growers none, or only through the family or the State. Amounts are colones of 2026
of the size that is usual there; they are drawn, not measured, and stand for nobody's figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from ayni.roster.practice.columns import (
    RELATION_WORDS,
    SEX_WORDS,
    SITUATION_WORDS,
    STATUS_OF_SITUATION,
    Cell,
    Column,
    coded,
    fact,
    headers,
    yes_or_no,
)
from ayni.roster.practice.dice import Dice
from ayni.roster.practice.identifiers import cedula, dimex
from ayni.roster.practice.population import ADULT_AGE, MONTHS_OF_YEAR, WORKING_AGE, Draft, Fact, Person, Setting, Work

# Income of a month in hundredths of the yearly mean, January first.
_HARVEST = (190, 140, 90, 70, 60, 60, 60, 60, 60, 70, 150, 190)
_PICKING = (200, 130, 60, 50, 60, 70, 70, 60, 60, 80, 160, 200)
_EVEN = (100,) * MONTHS_OF_YEAR

# occupation: (weight, median of a month, spread of the logarithm, season)
_OccupationTable = Mapping[str, tuple[int, int, Decimal, tuple[int, ...]]]
_OWN_ACCOUNT: _OccupationTable = {
    "caficultor": (70, 295_000, Decimal("0.60"), _HARVEST),
    "pulpería": (6, 430_000, Decimal("0.50"), _EVEN),
    "hortalizas": (8, 310_000, Decimal("0.50"), _EVEN),
    "transporte de café": (5, 760_000, Decimal("0.45"), _HARVEST),
    "turismo rural": (4, 520_000, Decimal("0.60"), _EVEN),
    "costura": (4, 180_000, Decimal("0.45"), _EVEN),
    "tueste y venta de café": (3, 1_250_000, Decimal("0.60"), _EVEN),
}
_EMPLOYED: _OccupationTable = {
    "operario de beneficio": (22, 385_000, Decimal("0.10"), _EVEN),
    "peón agrícola": (24, 352_000, Decimal("0.15"), _PICKING),
    "oficina de la cooperativa": (10, 520_000, Decimal("0.25"), _EVEN),
    "docente": (9, 830_000, Decimal("0.20"), _EVEN),
    "construcción": (10, 430_000, Decimal("0.20"), _EVEN),
    "comercio": (14, 390_000, Decimal("0.12"), _EVEN),
    "servicio doméstico": (8, 270_000, Decimal("0.20"), _EVEN),
    "chofer": (3, 470_000, Decimal("0.15"), _EVEN),
}
_FEMININE = {
    "caficultor": "caficultora",
    "operario de beneficio": "operaria de beneficio",
    "peón agrícola": "peona agrícola",
}
_NOT_OBLIGED = frozenset({"unemployed", "inactive", "contributing_family_worker"})
_PUBLIC = frozenset({"docente"})

_MEMBER = {"own_account": 74, "employer": 6, "employee": 13, "family_worker": 2, "unemployed": 2, "not_working": 3}
_OLD_MEMBER = {"own_account": 52, "pensioner": 30, "not_working": 18}
_WIFE = {"homemaker": 48, "employee": 20, "own_account": 14, "family_worker": 13, "unemployed": 5}
_HUSBAND = {"employee": 48, "own_account": 38, "family_worker": 5, "unemployed": 5, "not_working": 4}
_GROWN_CHILD = {"employee": 36, "student": 30, "family_worker": 14, "own_account": 8, "unemployed": 12}
_TEENAGER = {"student": 84, "family_worker": 9, "employee": 3, "unemployed": 4}
_ELDER = {"pensioner": 42, "not_working": 50, "own_account": 8}

_INSURED_EMPLOYEE = {"employee": 82, "none": 10, "family": 6, "voluntary": 2}
_COVER_BY_SITUATION: Mapping[str, Mapping[str, int]] = {
    "own_account": {"none": 40, "independent": 36, "family": 11, "state": 6, "voluntary": 4, "employee": 3},
    "employer": {"independent": 62, "none": 24, "voluntary": 8, "family": 6},
    "family_worker": {"family": 52, "none": 38, "state": 10},
    "unemployed": {"none": 48, "family": 40, "state": 12},
    "homemaker": {"family": 66, "none": 22, "state": 8, "voluntary": 4},
    "student": {"family": 88, "none": 8, "state": 4},
    "child": {"family": 80, "state": 12, "none": 8},
    "not_working": {"none": 34, "family": 34, "state": 32},
}

COVER_WORDS = {
    "employee": {"es": "asalariado CCSS/asalariada CCSS", "en": "employee, CCSS"},
    "independent": {"es": "independiente CCSS", "en": "self-employed, CCSS"},
    "voluntary": {"es": "voluntario CCSS/voluntaria CCSS", "en": "voluntary, CCSS"},
    "family": {"es": "familiar", "en": "through the family"},
    "state": {"es": "por el Estado", "en": "by the State"},
    "pensioner": {"es": "pensionado IVM/pensionada IVM", "en": "pensioner, IVM"},
    "non_contributory": {"es": "pensión RNC", "en": "non-contributory pension"},
    "none": {"es": "ninguno", "en": "none"},
}
_KIND_WORDS = {"cedula": {"es": "cédula", "en": "national id"}, "dimex": {"es": "DIMEX", "en": "DIMEX"}}


def work(dice: Dice, draft: Draft) -> Work:
    """What the person lives from, by place in the household, sex and age."""
    situation = dice.weighted(_situations_of(draft))
    if situation == "employee":
        return _employee(dice, draft)
    if situation in ("own_account", "employer"):
        occupation = dice.weighted({name: row[0] for name, row in _OWN_ACCOUNT.items()})
        _, median, spread, season = _OWN_ACCOUNT[occupation]
        if situation == "employer":
            median *= 2
        income = _by_month(dice.amount(median, spread, 1_000), season)
        # What is sold is worth two to three times what is left after inputs, pickers and transport.
        receipts = tuple(amount * dice.between(200, 300) // 100 for amount in income)
        return Work(
            STATUS_OF_SITUATION[situation],
            situation,
            _for_sex(occupation, draft.sex),
            income_by_month=income,
            turnover_by_month=receipts,
        )
    return Work(STATUS_OF_SITUATION[situation], situation)


def _situations_of(draft: Draft) -> Mapping[str, int]:
    if draft.age < WORKING_AGE:
        return {"child": 1}
    if draft.age < ADULT_AGE:
        return _TEENAGER
    if draft.is_member:
        return _OLD_MEMBER if draft.age >= 68 else _MEMBER
    if draft.age >= 65:
        return _ELDER
    if draft.relation == "spouse":
        return _WIFE if draft.sex == "female" else _HUSBAND
    return _GROWN_CHILD if draft.age < 30 else _HUSBAND


def _employee(dice: Dice, draft: Draft) -> Work:
    occupation = dice.weighted({name: row[0] for name, row in _EMPLOYED.items()})
    _, median, spread, season = _EMPLOYED[occupation]
    full_time = dice.chance(55 if draft.relation == "spouse" and draft.sex == "female" else 80)
    pay = dice.amount(median if full_time else median * dice.between(30, 60) // 100, spread, 500)
    return Work(
        "employee",
        "employee",
        _for_sex(occupation, draft.sex),
        is_full_time=full_time,
        sector="public" if occupation in _PUBLIC else "private",
        income_by_month=_by_month(pay, season),
    )


def _by_month(mean: int, season: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(mean * share // 100 for share in season)


def _for_sex(occupation: str, sex: str) -> str:
    return _FEMININE.get(occupation, occupation) if sex == "female" else occupation


def cover(dice: Dice, draft: Draft, work: Work) -> str | None:
    """The cover of today; six in a hundred are not known to the clerk."""
    if dice.chance(6):
        return None
    if work.situation == "employee":
        if draft.relation == "child" and dice.chance(5):
            return "family"
        return dice.weighted(_INSURED_EMPLOYEE)
    if work.situation == "pensioner":
        return dice.weighted({"pensioner": 60, "non_contributory": 40})
    return dice.weighted(_COVER_BY_SITUATION[work.situation])


def facts(dice: Dice, draft: Draft, work: Work, cover: str | None, income_per_head: int) -> Mapping[str, Fact]:
    """Paid months, other pension, poverty and deliveries; each is known for some only."""
    del cover
    found: dict[str, Fact] = {}
    if draft.age >= 20 and work.situation not in ("homemaker", "student") and dice.chance(65):
        career = (draft.age - ADULT_AGE) * MONTHS_OF_YEAR
        share = dice.between(45, 95) if work.status == "employee" else dice.between(0, 75)
        found["months_contributed"] = min(480, career * share // 100)
    if draft.age >= 55 and dice.chance(85):
        found["has_other_pension"] = work.situation == "pensioner"
    # The national register of households classifies by income per head, among other things; not everybody is in it.
    if dice.chance(88 if draft.age >= 65 else 60):
        found["is_in_poverty"] = income_per_head < 95_000
    if dice.chance(98):
        found["is_in_costa_rica"] = not (draft.age >= ADULT_AGE and dice.chance(1))
    if draft.age >= 12:
        found["is_student"] = work.situation in ("student", "child")
    if draft.age >= ADULT_AGE and work.status in _NOT_OBLIGED and dice.chance(70):
        found["can_pay"] = dice.chance(min(90, 20 + income_per_head // 3_000))
        # What she or he would declare for voluntary insurance: help from relatives, rent, a little of everything.
        found["declared_income"] = dice.amount(165_000, Decimal("0.50"), 1_000) if found["can_pay"] else None
    if work.status == "employee" and dice.chance(88):
        found["is_exempt_from_minimum_base"] = dice.chance(4)
    found["is_member"] = draft.is_member
    if draft.is_member:
        found["deliveries"] = dice.amount(38, Decimal("0.80"))
    return found


def identifier(dice: Dice, draft: Draft, taken: set[str]) -> tuple[str, str]:
    """A cédula, or a DIMEX for the few who came from abroad."""
    if draft.age >= WORKING_AGE and dice.chance(5):
        return "dimex", dimex(dice, taken)
    return "cedula", cedula(dice, taken)


SETTING = Setting(
    country="CR",
    female_member_percent=34,
    member_ages={(20, 29): 6, (30, 39): 14, (40, 49): 22, (50, 59): 27, (60, 69): 20, (70, 86): 11},
    spouse_percent=62,
    spouse_is_member_percent=22,
    children={0: 42, 1: 30, 2: 20, 3: 8},
    elder_percent=8,
    other_relative_percent=5,
    work=work,
    cover=cover,
    insured_cover=frozenset({"employee", "independent", "voluntary", "pensioner"}),
    cover_without_insured={"none": 55, "state": 45},
    facts=facts,
    identifier=identifier,
)


def _income(*situations: str) -> Callable[[Person, str], Cell]:
    """A cell with the mean monthly income of those in one of the situations, in whole colones."""

    def cell(person: Person, language: str) -> Cell:
        del language
        work = person.work
        return work.income_of_year // MONTHS_OF_YEAR if work.situation in situations and work.income_by_month else None

    return cell


_HOURS_WORDS = {"full": {"es": "completa", "en": "full time"}, "part": {"es": "parcial", "en": "part time"}}
_SECTOR_WORDS = {"private": {"es": "privado", "en": "private"}, "public": {"es": "público", "en": "public"}}


def _hours(person: Person) -> str | None:
    full_time = person.work.is_full_time
    return None if full_time is None else ("full" if full_time else "part")


COLUMNS: tuple[Column, ...] = (
    Column("member_number", "number", headers("N.° asociado", "Member no."), lambda person, _: person.member_number),
    Column("cr_is_member_of_unit", "code", headers("Es asociado", "Is a member"), yes_or_no("is_member")),
    Column(
        "id_type",
        "text",
        headers("Tipo de documento", "Document"),
        coded(_KIND_WORDS, lambda p: p.identifier_kind),
        is_field=False,
    ),
    Column("national_id", "identifier", headers("Cédula", "National id"), lambda person, _: person.identifier),
    Column("surname", "name", headers("Apellidos", "Surnames"), lambda person, _: person.surnames),
    Column("given_names", "name", headers("Nombre", "Given names"), lambda person, _: person.given_names),
    Column("birth_date", "date", headers("Fecha de nacimiento", "Birth date"), lambda person, _: person.birth_date),
    Column("sex", "sex", headers("Sexo", "Sex"), coded(SEX_WORDS, lambda p: p.sex)),
    Column("household_id", "text", headers("Hogar", "Household"), lambda person, _: f"H{person.household:03d}"),
    Column(
        "relationship_to_head", "code", headers("Parentesco", "Relation"), coded(RELATION_WORDS, lambda p: p.relation)
    ),
    Column(
        "cr_is_in_costa_rica",
        "code",
        headers("Vive o trabaja en Costa Rica", "Lives or works in Costa Rica"),
        yes_or_no("is_in_costa_rica"),
    ),
    Column("place", "text", headers("Comunidad", "Village"), lambda person, _: person.place),
    Column("is_student", "code", headers("Estudia", "Student"), yes_or_no("is_student")),
    Column(
        "employment_status",
        "code",
        headers("Condición laboral", "Status in employment"),
        coded(SITUATION_WORDS, lambda p: p.work.situation),
    ),
    Column("occupation", "text", headers("Ocupación", "Occupation"), lambda person, _: person.work.occupation or None),
    Column("is_full_time", "code", headers("Jornada", "Hours"), coded(_HOURS_WORDS, _hours)),
    Column(
        "employer_sector",
        "code",
        headers("Sector del patrono", "Sector of employer"),
        coded(_SECTOR_WORDS, lambda p: p.work.sector),
    ),
    Column("monthly_earnings", "money", headers("Salario mensual bruto", "Gross monthly pay"), _income("employee")),
    Column(
        "is_exempt_from_minimum_base",
        "code",
        headers("Exento de base mínima", "Exempt from minimum base"),
        yes_or_no("is_exempt_from_minimum_base"),
    ),
    Column(
        "monthly_net_income",
        "net",
        headers("Ingreso mensual neto", "Net monthly income"),
        _income("own_account", "employer"),
    ),
    Column(
        "months_contributed",
        "number",
        headers("Cuotas de pensión aportadas", "Months contributed"),
        fact("months_contributed"),
    ),
    Column(
        "has_other_pension",
        "code",
        headers("Recibe otra pensión", "Draws another pension"),
        yes_or_no("has_other_pension"),
    ),
    Column("monthly_income", "net", headers("Ingreso mensual", "Monthly income"), fact("declared_income")),
    Column("cr_has_contributory_capacity", "code", headers("Puede pagar cuotas", "Can pay"), yes_or_no("can_pay")),
    Column("is_in_poverty", "code", headers("En pobreza", "In poverty"), yes_or_no("is_in_poverty")),
    Column("current_cover", "code", headers("Seguro actual", "Cover today"), coded(COVER_WORDS, lambda p: p.cover)),
    Column(
        "deliveries", "number", headers("Fanegas entregadas", "Fanegas delivered"), fact("deliveries"), is_field=False
    ),
)

# What is the same for everybody on the list, because it is true of the cooperative.
UNIT_FACTS = {"cr_unit_type": "cooperative", "cr_unit_has_agreement": "true"}
