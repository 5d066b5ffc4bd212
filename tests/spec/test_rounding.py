"""Rounding and division."""

from __future__ import annotations

from tests.spec.spec import Case, Refusal, Topic, cases_test, refusals_test

TOPIC = Topic(
    "Rounding and division",
    "`round_to(x, step, mode)` gives the multiple of `step` nearest to `x`: `half_up` takes ties away from zero, "
    "`half_even` to the even multiple, `up` goes away from zero, `down` towards zero. A division `a / b` stands only "
    "inside a rounding, a comparison or a band key of a table, since only these say what becomes of its decimals. The "
    "divisor must be positive (or always negative) by its bounds or by a condition around it.",
    cases=(
        Case(
            "All modes, for positive and negative values and for ties.",
            """
            inputs: {x: {type: number(2), minimum: -1000, maximum: 1000}}
            variables:
              half_up: round_to(x, 1, half_up)
              half_even: round_to(x, 1, half_even)
              up: round_to(x, 1, up)
              down: round_to(x, 1, down)
            """,
            """
            x     | half_up | half_even | up | down
            0.50  | 1       | 0         | 1  | 0
            1.50  | 2       | 2         | 2  | 1
            2.50  | 3       | 2         | 3  | 2
            2.49  | 2       | 2         | 3  | 2
            2.51  | 3       | 3         | 3  | 2
            2.01  | 2       | 2         | 3  | 2
            2.00  | 2       | 2         | 2  | 2
            0.00  | 0       | 0         | 0  | 0
            -0.50 | -1      | 0         | -1 | 0
            -1.50 | -2      | -2        | -2 | -1
            -2.50 | -3      | -2        | -3 | -2
            -2.49 | -2      | -2        | -3 | -2
            -2.51 | -3      | -3        | -3 | -2
            ?     | ?       | ?         | ?  | ?
            """,
        ),
        Case(
            "The step may be any positive number.",
            """
            inputs: {wage: money/month}
            variables:
              to_five: round_to(wage, 0.05, half_up)
              to_hundred: round_to(wage, 100, half_up)
              to_quarter: round_to(wage, 0.25, half_even)
            """,
            """
            wage    | to_five | to_hundred | to_quarter
            1.02    | 1.00    | 0          | 1.00
            1.03    | 1.05    | 0          | 1.00
            149.99  | 150.00  | 100        | 150.00
            150.00  | 150.00  | 200        | 150.00
            -150.00 | -150.00 | -200       | -150.00
            """,
        ),
        Case(
            "A rounding that is finer than the value changes nothing; money keeps at least the currency's decimals.",
            """
            inputs: {wage: money/month}
            variables:
              finer: round_to(wage, 0.0001, half_up)
              whole: round_to(wage, 1, down)
            """,
            """
            wage  | finer   | whole
            10.99 | 10.9900 | 10.00
            """,
        ),
        Case(
            "A quotient is rounded once, from its exact value.",
            """
            inputs: {wage: {type: money/month, minimum: -1000, maximum: 1000}, days: {type: integer, minimum: 1, maximum: 31}}
            variables:
              a_day: round_to(wage / days, 0.01, half_up)
              even: round_to(wage / days, 0.01, half_even)
              third: round_to(wage * 0.1 / 3, 0.01, up)
              share: round_to(wage / amount(300), 0.0001, down)
            """,
            """
            wage  | days | a_day | even  | third | share
            100   | 3    | 33.33 | 33.33 | 3.34  | 0.3333
            -100  | 3    | -33.33 | -33.33 | -3.34 | -0.3333
            0.01  | 2    | 0.01  | 0.00  | 0.01  | 0.0000
            0.03  | 2    | 0.02  | 0.02  | 0.01  | 0.0001
            -0.01 | 2    | -0.01 | 0.00  | -0.01 | 0.0000
            0     | 31   | 0     | 0     | 0     | 0
            ?     | 3    | ?     | ?     | ?     | ?
            """,
        ),
        Case(
            "A divisor that could be zero is guarded by a condition around the division.",
            """
            inputs: {total: money, children: {type: integer, minimum: 0, maximum: 20}, balance: integer}
            variables:
              each: round_to(total / children, 0.01, half_up) if children > 0 else total
              turned: total if children == 0 else round_to(total / children, 0.01, half_up)
              signed: round_to(total / balance, 0.01, half_up) if not balance <= 0 else amount(0)
            """,
            """
            total | children | balance | each | turned | signed
            10    | 4        | 4       | 2.50 | 2.50   | 2.50
            10    | 0        | 0       | 10   | 10     | 0
            10    | 1        | -4      | 10   | 10     | 0
            10    | ?        | ?       | ?    | ?      | ?
            """,
        ),
        Case(
            "A divisor that is always negative is as good as one that is always positive.",
            """
            inputs: {x: {type: integer, minimum: -100, maximum: 100}}
            variables:
              turned: round_to(x / -4, 1, half_up)
            """,
            """
            x  | turned
            6  | -2
            -6 | 2
            2  | -1
            """,
        ),
    ),
    refusals=(
        Refusal(
            "A division must say how it is rounded.",
            """
            inputs: {wage: money/month}
            variables: {wrong: wage / 3}
            """,
            "rule.division",
            "A division must say how it is rounded",
            "round_to(a / b, 0.01, half_up)",
        ),
        Refusal(
            "The divisor must not be zero.",
            """
            inputs: {wage: money/month, children: {type: integer, minimum: 0, maximum: 20}}
            variables: {wrong: "round_to(wage / children, 0.01, half_up)"}
            """,
            "rule.division",
            "The divisor could be zero",
            "guard it",
        ),
        Refusal(
            "A guard that stands beside the division in an `or` that lets zero through is none.",
            """
            inputs: {wage: money/month, children: {type: integer, minimum: 0, maximum: 20}}
            variables: {wrong: children > 0 or wage / children > amount(5)}
            """,
            "rule.division",
            "The divisor could be zero",
            "guard it",
        ),
        Refusal(
            "A rounding mode that does not exist.",
            """
            inputs: {wage: money/month}
            variables: {wrong: "round_to(wage, 1, halfup)"}
            """,
            "rule.arguments",
            "There is no rounding mode halfup",
            "write half_up",
        ),
        Refusal(
            "A step of zero.",
            """
            inputs: {wage: money/month}
            variables: {wrong: "round_to(wage, 0, half_up)"}
            """,
            "rule.arguments",
            "The step of a rounding is a positive number",
            "round_to(x, 0.01, half_up)",
        ),
    ),
)

test_cases = cases_test(TOPIC)
test_refusals = refusals_test(TOPIC)
