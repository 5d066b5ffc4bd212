"""Unknowns: nothing is defaulted; what does not hang on one is still answered, the rest says what it lacks."""

from __future__ import annotations

from tests.spec.spec import Case, Topic, cases_test

LOGIC = "inputs: {a: boolean, b: boolean}\n"
TOPIC = Topic(
    "Unknowns",
    "Arithmetic with an unknown is unknown. `and`, `or` and `not` are Kleene's. Beside each unknown answer stand the "
    "inputs that could still decide it.",
    (
        Case(
            "`and`, `or` and `not` with unknowns.",
            LOGIC + "variables: {both: a and b, either: a or b, no: not a}",
            """
            a     | b     | both  | both lacks | either | either lacks | no
            true  | true  | true  |            | true   |              | false
            true  | false | false |            | true   |              | false
            false | false | false |            | false  |              | true
            true  | ?     | ?     | b          | true   |              | false
            false | ?     | false |            | ?      | b            | true
            ?     | true  | ?     | a          | true   |              | ?
            ?     | false | false |            | ?      | a            | ?
            ?     | ?     | ?     | a, b       | ?      | a, b         | ?
            """,
        ),
        Case(
            "A conditional with an unknown condition is known where both branches agree.",
            "inputs: {c: boolean, x: {type: integer, minimum: 0, maximum: 9}, y: {type: integer, minimum: 0, "
            "maximum: 9}}\n"
            "variables: {v: x if c else y}",
            """
            c     | x | y | v | v lacks
            true  | 1 | ? | 1 |
            false | 1 | ? | ? | y
            ?     | 1 | 2 | ? | c
            ?     | 2 | 2 | 2 |
            ?     | ? | 2 | ? | c
            """,
        ),
        Case(
            "`min`, `max` and `clip`.",
            "inputs: {x: {type: integer, minimum: -9, maximum: 9}, y: {type: integer, minimum: -9, maximum: 9}}\n"
            "variables: {least: 'min(x, y)', most: 'max(x, y)', kept: 'clip(x, 0, 5)'}",
            """
            x  | y | least | most | kept
            1  | 2 | 1     | 2    | 1
            -3 | 2 | -3    | 2    | 0
            7  | 2 | 2     | 7    | 5
            4  | ? | ?     | ?    | 4
            """,
        ),
        Case(
            "`min` and `max` are known where the bounds of the unknown cannot change them.",
            "inputs: {x: {type: integer, minimum: 0, maximum: 9}}\n"
            "variables: {least: 'min(x, 0)', most: 'max(x, 9)', open: 'max(x, 8)'}",
            """
            x | least | most | open | open lacks
            ? | 0     | 9    | ?    | x
            5 | 0     | 9    | 8    |
            """,
        ),
        Case(
            "`known` asks whether something is known; `first_known` takes the first that is; `unknown` is written out.",
            "inputs: {x: {type: integer, minimum: 0, maximum: 9}, y: {type: integer, minimum: 0, maximum: 9}}\n"
            "variables: {has_x: known(x), one: 'first_known(x, y)', small: x if x < 5 else unknown}",
            """
            x | y | has_x | one | one lacks | small
            1 | 2 | true  | 1   |           | 1
            ? | 2 | false | 2   |           | ?
            ? | ? | false | ?   | x, y      | ?
            7 | ? | true  | 7   |           | ?
            """,
        ),
        Case(
            "An unknown goes through arithmetic and other rules, and is named where it began.",
            "inputs: {wage: money/month, fee: money/month}\n"
            "variables: {total: wage + fee, double: total * 2, plain: wage * 0}",
            """
            wage | fee | total | double | double lacks | plain
            1.00 | 2   | 3.00  | 6.00   |              | 0.00
            ?    | 2   | ?     | ?      | wage         | ?
            ?    | ?   | ?     | ?      | fee, wage    | ?
            """,
        ),
    ),
)
test_unknowns = cases_test(TOPIC)
