"""What the four Argentine regimes say of a surveyed person, written by hand from the law as the project's facts have
it.

Nothing of Ayni is used: three values (True, False, None for what the survey does not tell) and Kleene's tables for
them. The survey tells the status in employment, the age and the income of the main occupation; it does not tell
how many activities somebody has, what they sell at what price, what they own, or whether they import. So a person
can be found outside a regime, or undecided, and nobody can be found inside one.

Incomes are of 2016. `INCOME_FACTOR` brings them to August 2026: INDEC's national consumer price index, general
level, has 100 in December 2016 and 12276.766 in August 2026. Receipts of twelve months are taken as twelve times
the monthly income, which is less than what was sold: costs are not in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from tests.realdata.survey import SurveyPerson

Truth = bool | None

ON = date(2026, 8, 31)
INCOME_FACTOR = Decimal("122.76766")
MONTHS = 12

# Ley 24.977, Anexo, art. 8: yearly limits of the lowest and the highest category from 1 August 2026.
LIMIT_A = Decimal("12009410.45")
LIMIT_K = Decimal("126610838.75")
ADULT_AGE = 18
WORKING_AGE = 16

INDEPENDENT = frozenset({"own_account_worker", "employer"})

ELIGIBLE, NOT_ELIGIBLE, UNDECIDED, OUTSIDE = "eligible", "not eligible", "undecided", "outside the pack"
SCHEMES = ("monotributo", "monotributo_coop", "monotributo_social", "promovido")


def both(*values: Truth) -> Truth:
    """Kleene's `and`: false once one is false, unknown while one is unknown."""
    if False in values:
        return False
    return None if None in values else True


def turnover(person: SurveyPerson) -> Decimal | None:
    """Receipts of twelve months in pesos of August 2026, to the centavo, halves up; None where no income is stated."""
    if person.monthly_income is None:
        return None
    return (person.monthly_income * MONTHS * INCOME_FACTOR).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def at_most(amount: Decimal | None, limit: Decimal) -> Truth:
    return None if amount is None else amount <= limit


def is_independent(person: SurveyPerson) -> Truth:
    return None if person.status is None else person.status in INDEPENDENT


def is_no_employer(person: SurveyPerson) -> Truth:
    return None if person.status is None else person.status != "employer"


def monotributo(person: SurveyPerson, rest: Truth) -> Truth:
    """Art. 2: an activity of one's own, receipts within category K; the rest: activities, prices, imports, premises.

    Employers are in: nothing in the law shuts out who employs, and the regime once asked employees of the highest
    categories.
    """
    return both(is_independent(person), at_most(turnover(person), LIMIT_K), rest)


def monotributo_coop(person: SurveyPerson, rest: Truth) -> Truth:
    """Art. 47: members of worker cooperatives. The survey has no such status, and who was surveyed with another has
    another.
    """
    return both(None if person.status is None else False, at_most(turnover(person), LIMIT_K), rest)


def monotributo_social(person: SurveyPerson, rest: Truth) -> Truth:
    """Of age, an activity, receipts within category A, no employer; the rest: activities, property, other work.

    «Mayor de 18 años» is who has had her or his 18th birthday.
    """
    return both(
        person.age >= ADULT_AGE,
        is_independent(person),
        at_most(turnover(person), LIMIT_A),
        is_no_employer(person),
        rest,
    )


def promovido(person: SurveyPerson, rest: Truth) -> Truth:
    """Art. 31: as the social regime in what the survey tells; the rest: premises, other income, services by client."""
    return monotributo_social(person, rest)


RULES: Mapping[str, Callable[[SurveyPerson, Truth], Truth]] = {
    "monotributo": monotributo,
    "monotributo_coop": monotributo_coop,
    "monotributo_social": monotributo_social,
    "promovido": promovido,
}


def is_outside(person: SurveyPerson) -> Truth:
    """Groups for whom these regimes say nothing: children, employees, unpaid family workers, people without an
    activity.
    """
    if person.age < WORKING_AGE:
        return True
    return None if person.status is None else person.status not in INDEPENDENT


def decision(scheme: str, person: SurveyPerson, rest: Truth = None) -> str:
    """What a check ought to say of the person in the scheme; `rest` is whether what the survey does not tell is met."""
    if is_outside(person):
        return OUTSIDE
    return {True: ELIGIBLE, False: NOT_ELIGIBLE, None: UNDECIDED}[RULES[scheme](person, rest)]


def counts(persons: Iterable[SurveyPerson], rest: Truth = None) -> dict[str, dict[str | None, dict[str, int]]]:
    """How many persons have each decision: scheme → status in employment → decision → persons."""
    found: dict[str, dict[str | None, dict[str, int]]] = {scheme: {} for scheme in SCHEMES}
    for person in persons:
        for scheme in SCHEMES:
            of_status = found[scheme].setdefault(person.status, Counter())
            of_status[decision(scheme, person, rest)] += 1
    return found
