"""Households: counts, sums and extremes over all persons of a household, the person included."""

from __future__ import annotations

from tests.spec.spec import Case, Topic, cases_test

PEOPLE = (
    "inputs: {age: {type: integer, minimum: 0, maximum: 130}, wage: {type: money/month, minimum: 0, maximum: 9999}}\n"
)
TOPIC = Topic(
    "Households",
    "`household.count`, `any`, `all`, `sum`, `min` and `max` go over all persons of the same household, the person "
    "included. `where=` says who counts. Somebody without a household is one of her own.",
    (
        Case(
            "Each member gets the answer of the household.",
            PEOPLE + "variables: {children: household.count(age < 18), some: household.any(age < 18), "
            "every: household.all(age < 18), income: household.sum(wage), oldest: household.max(age)}",
            """
            household | age | wage | children | some  | every | income | oldest
            h         | 40  | 10   | 1        | true  | false | 15.50  | 40
            h         | 10  | 5.50 | 1        | true  | false | 15.50  | 40
            k         | 12  | 0    | 1        | true  | true  | 0.00   | 12
            l         | 70  | 1    | 0        | false | false | 1.00   | 70
            """,
        ),
        Case(
            "`where` chooses members: the sum of nobody is 0, the smallest of nobody is unknown.",
            PEOPLE
            + "variables: {earned: 'household.sum(wage, where=age < 18)', least: 'household.min(wage, where=age < "
            "18)'}",
            """
            household | age | wage | earned | least
            h         | 40  | 10   | 7.50   | 2.00
            h         | 10  | 5.50 | 7.50   | 2.00
            h         | 11  | 2    | 7.50   | 2.00
            k         | 30  | 3    | 0.00   | ?
            """,
        ),
        Case(
            "What is unknown of one member makes the answer unknown for all, unless it cannot matter.",
            PEOPLE + "variables: {children: household.count(age < 18), some: household.any(age < 18), "
            "earned: 'household.sum(wage, where=age < 18)'}",
            """
            household | age | wage | children | children lacks | some | earned | earned lacks
            h         | ?   | 1    | ?        | age            | true | ?      | age
            h         | 10  | 5    | ?        | age            | true | ?      | age
            k         | 10  | ?    | 1        |                | true | ?      | wage
            l         | 40  | ?    | 1        |                | true | 3.00   |
            l         | 4   | 3    | 1        |                | true | 3.00   |
            """,
        ),
        Case(
            "Without a household column everybody stands alone.",
            PEOPLE + "variables: {income: household.sum(wage)}",
            """
            age | wage | income
            40  | 10   | 10.00
            10  | 5    | 5.00
            """,
        ),
    ),
)
test_households = cases_test(TOPIC)
