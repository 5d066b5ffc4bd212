"""What is handed in wins over its rule, and what an answer lacks is named where it can still matter."""

from __future__ import annotations

from tests.spec.spec import Case, Topic, cases_test

TOPIC = Topic(
    "What is given, and what is lacking",
    "A column with the name of a variable stands in place of its rule. What an unknown answer lacks are "
    "the inputs that "
    "can still decide it, no others.",
    (
        Case(
            "A variable that is handed in wins over its formula; where it is unknown, the formula answers.",
            "inputs: {born: date}\nvariables: {age: 'age_on(born, evaluation_date)', adult: age >= 18}",
            """
            born       | age (given) | adult | adult lacks
            2020-01-01 | 30          | true  |
            1990-01-01 | 3           | false |
            1990-01-01 | ?           | true  |
            """,
        ),
        Case(
            "Only what the branch taken needs is lacking.",
            "inputs: {c: boolean, x: {type: integer, minimum: 0, maximum: 9}, y: {type: integer, minimum: 0, "
            "maximum: 9}}\n"
            "variables: {v: x + 1 if c else y + 1}",
            """
            c     | x | y | v | v lacks
            true  | ? | ? | ? | x
            false | ? | ? | ? | y
            ?     | ? | ? | ? | c
            """,
        ),
        Case(
            "An input that no column holds is lacking for every row.",
            "inputs: {a: boolean, b: boolean}\nvariables: {both: a and b}",
            """
            a     | both  | both lacks
            true  | ?     | b
            false | false |
            ?     | ?     | a, b
            """,
        ),
        Case(
            "Rules of a scheme see their own variables first, and others by the name of their scheme.",
            "inputs: {n: {type: integer, minimum: 0, maximum: 9}}\n"
            'variables: {base: n + 1, "one.base": n + 10, "one.v": base * 2, "two.v": base + one.base}',
            """
            n | base | one.v | two.v
            1 | 2    | 22    | 13
            ? | ?    | ?     | ?
            """,
        ),
    ),
)
test_given_and_lacking = cases_test(TOPIC)
