"""A cooperative of women and men who sew garments at home, in Argentina.

Members sew to order (services) or make and sell their own garments (goods); most work as members of the cooperative,
some on their own account under the simplified regime, a few are employed elsewhere. Half are entered in the national
register of local development and social economy. Amounts are pesos of 2026 of the size of the lower categories, with
a few above them; they are drawn, not measured, and stand for nobody's figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ayni.roster.practice.columns import (
    RELATION_WORDS,
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
from ayni.roster.practice.identifiers import cuil, dni
from ayni.roster.practice.population import (
    ADULT_AGE,
    MONTHS_OF_YEAR,
    WORKING_AGE,
    Draft,
    Fact,
    Person,
    Setting,
    Work,
)

# Receipts of a month in hundredths of the yearly mean, January first: school smocks in February, the year's end in
# November.
_GARMENTS = (70, 140, 125, 90, 85, 90, 80, 85, 95, 105, 135, 100)
_EVEN = (100,) * MONTHS_OF_YEAR

# occupation: (weight, median receipts of a month, spread of the logarithm)
_SEWING: Mapping[str, tuple[int, int, Decimal]] = {
    "costura a façón": (44, 640_000, Decimal("0.60")),
    "confección propia": (22, 900_000, Decimal("0.70")),
    "corte": (9, 860_000, Decimal("0.45")),
    "guardapolvos y uniformes": (11, 780_000, Decimal("0.55")),
    "arreglos": (10, 420_000, Decimal("0.45")),
    "venta en feria": (4, 1_700_000, Decimal("0.90")),
}
_MADE_GOODS = frozenset({"confección propia", "guardapolvos y uniformes", "venta en feria"})
_EMPLOYED: Mapping[str, tuple[int, int, Decimal]] = {
    "taller textil": (30, 980_000, Decimal("0.20")),
    "comercio": (26, 900_000, Decimal("0.25")),
    "casas particulares": (20, 420_000, Decimal("0.35")),
    "construcción": (14, 850_000, Decimal("0.30")),
    "limpieza": (10, 760_000, Decimal("0.20")),
}

_MEMBER = {"cooperative_member": 62, "own_account": 26, "employee": 5, "family_worker": 4, "not_working": 3}
_OLD_MEMBER = {"cooperative_member": 40, "own_account": 18, "pensioner": 42}
_SPOUSE = {"employee": 42, "own_account": 28, "unemployed": 9, "homemaker": 15, "family_worker": 6}
_GROWN_CHILD = {"employee": 30, "student": 32, "unemployed": 18, "own_account": 10, "family_worker": 10}
_TEENAGER = {"student": 90, "family_worker": 6, "unemployed": 4}
_ELDER = {"pensioner": 76, "not_working": 20, "own_account": 4}

# What the cooperative asked those who sell: in how many of a hundred it knows the answer, and the answers.
_COUNTED: Mapping[str, tuple[int, Mapping[int, int]]] = {
    "activities_count": (94, {1: 90, 2: 9, 4: 1}),
    "real_estate_count": (90, {0: 52, 1: 44, 2: 3, 3: 1}),
    "movables_count": (90, {0: 66, 1: 30, 2: 4}),
}
_ASKED: Mapping[str, tuple[int, int]] = {
    "imports_for_resale": (95, 1),
    "has_fixed_premises": (93, 9),
    "is_only_income_source": (88, 82),
    "has_employee_job": (95, 5),
    "is_partner_in_company": (90, 1),
    "is_practising_professional": (93, 1),
    "is_university_graduate": (95, 2),
    "pays_wealth_tax": (93, 1),
    "contributes_in_other_scheme": (94, 4),
}

_COVER_BY_SITUATION: Mapping[str, Mapping[str, int]] = {
    "cooperative_member": {"none": 46, "health_fund": 24, "family": 14, "public_programme": 10, "private": 6},
    "own_account": {"none": 44, "health_fund": 32, "family": 14, "private": 10},
    "employee": {"health_fund": 62, "none": 28, "family": 6, "private": 4},
    "family_worker": {"none": 60, "family": 36, "public_programme": 4},
    "unemployed": {"none": 66, "family": 30, "public_programme": 4},
    "homemaker": {"family": 56, "none": 44},
    "student": {"family": 52, "none": 48},
    "pensioner": {"pensioner": 96, "none": 4},
    "not_working": {"none": 54, "public_programme": 30, "family": 16},
    "child": {"family": 50, "none": 50},
}
COVER_WORDS = {
    "health_fund": {"es": "obra social", "en": "health fund"},
    "private": {"es": "prepaga", "en": "private plan"},
    "family": {"es": "obra social de familiar", "en": "health fund of a relative"},
    "public_programme": {"es": "programa público", "en": "public programme"},
    "pensioner": {"es": "PAMI", "en": "pensioners’ fund (PAMI)"},
    "none": {"es": "ninguna", "en": "none"},
}
_SEX_WORDS = {"female": {"es": "Mujer", "en": "Female"}, "male": {"es": "Varón", "en": "Male"}}


def work(dice: Dice, draft: Draft) -> Work:
    """What the person lives from, by place in the household and age."""
    situation = dice.weighted(_situations_of(draft))
    status = STATUS_OF_SITUATION[situation]
    if situation == "employee":
        occupation = dice.weighted({name: row[0] for name, row in _EMPLOYED.items()})
        _, median, spread = _EMPLOYED[occupation]
        full_time = dice.chance(70)
        pay = dice.amount(median if full_time else median // 2, spread, 100)
        return Work(
            status,
            situation,
            occupation,
            is_full_time=full_time,
            sector="private",
            income_by_month=(pay,) * MONTHS_OF_YEAR,
        )
    if situation in ("cooperative_member", "own_account"):
        occupation = dice.weighted({name: row[0] for name, row in _SEWING.items()})
        _, median, spread = _SEWING[occupation]
        mean = dice.amount(median, spread, 100)
        receipts = tuple(mean * share // 100 for share in _GARMENTS)
        # Cloth and thread are the customer's for sewing to order; who sells garments has bought them.
        kept = dice.between(50, 65) if occupation in _MADE_GOODS else dice.between(80, 92)
        income = tuple(amount * kept // 100 for amount in receipts)
        return Work(status, situation, occupation, income_by_month=income, turnover_by_month=receipts)
    return Work(status, situation)


def _situations_of(draft: Draft) -> Mapping[str, int]:
    if draft.age < WORKING_AGE:
        return {"child": 1}
    if draft.age < ADULT_AGE:
        return _TEENAGER
    if draft.is_member:
        return _OLD_MEMBER if draft.age >= 65 else _MEMBER
    if draft.age >= 65:
        return _ELDER
    return _GROWN_CHILD if draft.relation == "child" else _SPOUSE


def cover(dice: Dice, draft: Draft, work: Work) -> str | None:
    """The health cover of today; five in a hundred are not known to the cooperative."""
    del draft
    return None if dice.chance(5) else dice.weighted(_COVER_BY_SITUATION[work.situation])


def facts(dice: Dice, draft: Draft, work: Work, cover: str | None, income_per_head: int) -> Mapping[str, Fact]:
    """What the simplified regimes ask of those who sell, and who is in a relative's health fund; known for most."""
    del income_per_head
    found: dict[str, Fact] = {}
    if dice.chance(98):
        found["is_adherent"] = (
            cover == "family" and not work.turnover_by_month and draft.relation in ("spouse", "child")
        )
    if not work.turnover_by_month:
        return found
    if dice.chance(96):
        found["pays_for_adherents"] = draft.relation == "head" and cover == "health_fund" and dice.chance(60)
    if dice.chance(90):
        found["opts_for_health_cover"] = dice.chance(70)
    found["activity"] = "goods" if work.occupation in _MADE_GOODS else "services"
    in_cooperative = work.status == "cooperative_member"
    if found["activity"] == "goods" and dice.chance(88):
        found["unit_price_max"] = dice.amount(38_000, Decimal("0.90"), 500)
    if dice.chance(92):
        found["is_registered_social_economy_worker"] = dice.chance(55 if in_cooperative else 20)
    if not in_cooperative and dice.chance(60):
        found["months_in_scheme"] = dice.between(1, 90)
    if dice.chance(96):
        # A pension is small enough to work beside it; who draws one and only one is listed as a pensioner.
        found["is_pensioner"] = draft.age >= 60 and dice.chance(30)
    if dice.chance(95):
        found["unit"] = "worker_cooperative" if in_cooperative else "individual"
    for key, (known, counts) in _COUNTED.items():
        if dice.chance(known):
            found[key] = dice.weighted(counts)
    for key, (known, holds) in _ASKED.items():
        if dice.chance(known):
            found[key] = dice.chance(holds)
    return found


def identifier(dice: Dice, draft: Draft, taken: set[str]) -> tuple[str, str]:
    """The CUIL of a practice DNI."""
    return "cuil", cuil(dni(dice, taken), draft.sex)


SETTING = Setting(
    country="AR",
    female_member_percent=82,
    member_ages={(18, 19): 2, (20, 29): 14, (30, 39): 26, (40, 49): 28, (50, 59): 20, (60, 78): 10},
    spouse_percent=52,
    spouse_is_member_percent=8,
    children={0: 34, 1: 28, 2: 24, 3: 14},
    elder_percent=9,
    other_relative_percent=6,
    work=work,
    cover=cover,
    insured_cover=frozenset({"health_fund", "private", "pensioner"}),
    cover_without_insured={"none": 1},
    facts=facts,
    identifier=identifier,
)

_ACTIVITY_WORDS = {"goods": {"es": "bienes", "en": "goods"}, "services": {"es": "servicios", "en": "services"}}


_UNIT_WORDS = {
    "worker_cooperative": {"es": "cooperativa de trabajo", "en": "worker cooperative"},
    "individual": {"es": "individual", "en": "individual"},
}


def _unit(person: Person) -> str | None:
    unit = person.facts.get("unit")
    return unit if isinstance(unit, str) else None


def _name(person: Person, language: str) -> Cell:
    """Surname and given names in one cell, as payrolls have them there; the first surname only."""
    del language
    return f"{person.surnames.split()[0].upper()}, {person.given_names}"


def _turnover_of_year(person: Person, language: str) -> Cell:
    """Receipts of twelve months with the centavos that a sum of invoices has."""
    del language
    total = person.work.turnover_of_year
    return Decimal(total) + Decimal(total % 97) / 100 if total else None


def _turnover_of_month(person: Person, language: str) -> Cell:
    """Receipts of January, the month before the list."""
    del language
    return Decimal(person.work.turnover_by_month[0]) if person.work.turnover_by_month else None


def _pay(person: Person, language: str) -> Cell:
    """Gross pay of a month, of employees."""
    del language
    return Decimal(person.work.income_by_month[0]) if person.work.status == "employee" else None


def _unit_price(person: Person, language: str) -> Cell:
    """The dearest thing that the person sells, of those who sell goods."""
    del language
    price = person.facts.get("unit_price_max")
    return Decimal(price) if isinstance(price, int) else None


_COUNTED_HEADERS = (
    ("activities_count", "Cantidad de actividades", "Activities"),
    ("real_estate_count", "Inmuebles", "Real estate"),
    ("movables_count", "Vehículos", "Vehicles"),
)
_ASKED_HEADERS = (
    ("imports_for_resale", "Importa para revender", "Imports to sell"),
    ("has_fixed_premises", "Local fuera de la casa", "Premises other than the home"),
    ("is_only_income_source", "Única fuente de ingresos", "Only source of income"),
    ("has_employee_job", "También en relación de dependencia", "Also an employee"),
    ("is_partner_in_company", "Socia/o de sociedad comercial", "Partner in a company"),
    ("is_practising_professional", "Ejerce profesión universitaria", "Practises a university profession"),
    ("is_university_graduate", "Título universitario", "University degree"),
    ("pays_wealth_tax", "Paga Bienes Personales", "Pays the wealth tax"),
    ("contributes_in_other_scheme", "Aporta en otro régimen", "Contributes elsewhere"),
    ("is_pensioner", "Cobra jubilación o pensión", "Draws a pension"),
    ("is_adherent", "Adherente a la obra social de un familiar", "In a relative’s health fund"),
    ("pays_for_adherents", "Paga por adherentes", "Pays for relatives"),
    ("opts_for_health_cover", "Opta por obra social", "Wants the health fund"),
)


# The keys of columns are the names of inputs, where the rules have one.
_COLUMN_KEYS = {
    "movables_count": "ar_registrable_movables_count",
    "is_pensioner": "is_pensioner",
    "opts_for_health_cover": "opts_for_health_cover",
}


def _counted(key: str, es: str, en: str) -> Column:
    return Column(_COLUMN_KEYS.get(key, f"ar_{key}"), "number", headers(es, en), fact(key))


def _asked(key: str, es: str, en: str) -> Column:
    return Column(_COLUMN_KEYS.get(key, f"ar_{key}"), "code", headers(es, en), yes_or_no(key))


COLUMNS: tuple[Column, ...] = (
    Column("national_id", "identifier", headers("CUIL", "CUIL"), lambda person, _: person.identifier),
    Column("full_name", "name", headers("Apellido y nombre", "Name"), _name),
    Column("birth_date", "date", headers("Fecha de nacimiento", "Birth date"), lambda person, _: person.birth_date),
    Column("sex", "sex", headers("Sexo", "Sex"), coded(_SEX_WORDS, lambda p: p.sex)),
    Column(
        "household_id", "text", headers("Grupo familiar", "Household"), lambda person, _: f"G{person.household:03d}"
    ),
    Column("relationship_to_head", "code", headers("Vínculo", "Relation"), coded(RELATION_WORDS, lambda p: p.relation)),
    Column("member_number", "number", headers("N.° de socio", "Member no."), lambda person, _: person.member_number),
    Column("place", "text", headers("Barrio", "Quarter"), lambda person, _: person.place),
    Column(
        "employment_status",
        "code",
        headers("Situación laboral", "Status in employment"),
        coded(SITUATION_WORDS, lambda p: p.work.situation),
    ),
    Column("occupation", "text", headers("Tarea", "Task"), lambda person, _: person.work.occupation or None),
    Column(
        "activity_type",
        "code",
        headers("Bienes o servicios", "Goods or services"),
        coded(_ACTIVITY_WORDS, lambda p: str(p.facts["activity"]) if "activity" in p.facts else None),
    ),
    Column(
        "turnover_last_12_months",
        "money",
        headers("Facturación últimos 12 meses", "Turnover last 12 months"),
        _turnover_of_year,
    ),
    Column("monthly_turnover", "money", headers("Facturación del mes", "Turnover of the month"), _turnover_of_month),
    Column("monthly_earnings", "text", headers("Sueldo bruto", "Gross pay"), _pay, is_field=False),
    Column("registration_unit", "code", headers("Forma de inscripción", "Registered as"), coded(_UNIT_WORDS, _unit)),
    Column(
        "is_registered_social_economy_worker",
        "code",
        headers("Inscripta/o en Efectores", "In the register of the social economy"),
        yes_or_no("is_registered_social_economy_worker"),
    ),
    *(_counted(key, es, en) for key, es, en in _COUNTED_HEADERS),
    *(_asked(key, es, en) for key, es, en in _ASKED_HEADERS),
    Column("ar_unit_price_max", "text", headers("Precio unitario más alto", "Highest unit price"), _unit_price),
    Column(
        "months_in_scheme", "number", headers("Meses en el régimen", "Months in the regime"), fact("months_in_scheme")
    ),
    Column(
        "current_cover",
        "code",
        headers("Cobertura de salud", "Health cover today"),
        coded(COVER_WORDS, lambda p: p.cover),
    ),
)

# What is the same for everybody on the list, because it is true of the cooperative.
UNIT_FACTS = {"cooperative_type": "worker", "ar_is_cooperative_registered": "true"}
