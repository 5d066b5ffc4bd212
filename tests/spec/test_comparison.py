"""Comparison: numbers, money, dates, months and the values of enumerations; chains, lists and quotients."""

from __future__ import annotations

from tests.spec.spec import Case, Topic, cases_test

TOPIC = Topic(
    "Comparison",
    "`==`, `!=`, `<`, `<=`, `>`, `>=`, chains of them, `in` and `not in`. Enumerations and conditions have no order.",
    (
        Case(
            "At the limit, below it and above it.",
            "inputs: {age: {type: integer, minimum: 0, maximum: 130}}\n"
            "variables: {under: age < 18, at_most: age <= 18, is_it: age == 18, is_not: age != 18, "
            "over: age > 18, at_least: age >= 18}",
            """
            age | under | at_most | is_it | is_not | over  | at_least
            17  | true  | true    | false | true   | false | false
            18  | false | true    | true  | false  | false | true
            19  | false | false   | false | true   | true  | true
            ?   | ?     | ?       | ?     | ?      | ?     | ?
            """,
        ),
        Case(
            "A chain holds where each of its links does.",
            "inputs: {age: {type: integer, minimum: 0, maximum: 130}}\nvariables: {of_working_age: 18 <= age < 65}",
            """
            age | of_working_age
            17  | false
            18  | true
            64  | true
            65  | false
            """,
        ),
        Case(
            "A value is compared with others, or looked for in a list.",
            "inputs: {status: {enum: [employee, own account, other]}}\n"
            'variables: {works: \'status in ("employee", "own account")\', '
            'idle: \'status not in ("employee", "own account")\', is_other: \'status == "other"\'}',
            """
            status      | works | idle  | is_other
            employee    | true  | false | false
            own account | true  | false | false
            other       | false | true  | true
            ?           | ?     | ?     | ?
            """,
        ),
        Case(
            "Quotients are compared exactly; money divided by money is a number.",
            "inputs: {wage: money/month, floor_wage: {type: money/month, minimum: 1, maximum: 1000}}\n"
            "variables: {above: wage / floor_wage > 0.3333, third: wage / floor_wage == 1 / 3, "
            "money: wage >= amount(100)}",
            """
            wage   | floor_wage | above | third | money
            100.00 | 300.00     | true  | true  | true
            99.99  | 300.00     | false | false | false
            100.01 | 300.00     | true  | false | true
            """,
        ),
        Case(
            "Dates and months have their order.",
            "inputs: {born: date, joined: month}\n"
            "variables: {before: 'born < date(2000, 2, 29)', since: 'joined >= month(2025, 12)'}",
            """
            born       | joined  | before | since
            2000-02-28 | 2025-11 | true   | false
            2000-02-29 | 2025-12 | false  | true
            ?          | ?       | ?      | ?
            """,
        ),
    ),
)
test_comparison = cases_test(TOPIC)
