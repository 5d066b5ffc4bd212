"""Arithmetic, scales and the types that go together."""

from __future__ import annotations

from tests.spec.spec import Case, Refusal, Topic, cases_test, refusals_test

TOPIC = Topic(
    "Arithmetic",
    "`+`, `-` and `*` are exact: sums carry the decimals of the finer side, products those of both. Money goes with "
    "money of the same currency and period; a rate is a number. What is unknown stays unknown.",
    cases=(
        Case(
            "Sums and differences are exact and carry the decimals of the finer side.",
            """
            inputs: {wage: money/month, fee: money/month}
            parameters: {floor: {unit: money/month, values: {2020-01-01: 100.125}}}
            variables:
              total: wage + fee
              above_floor: wage - floor
            """,
            """
            wage   | fee   | total  | above_floor
            100.00 | 0.01  | 100.01 | -0.125
            0.10   | 0.20  | 0.30   | -100.025
            -5.00  | 5.00  | 0.00   | -105.125
            ?      | 1.00  | ?      | ?
            100.13 | ?     | ?      | 0.005
            """,
        ),
        Case(
            "A product carries the decimals of both sides; nothing is rounded until the rule says so.",
            """
            inputs: {wage: money/month, share: rate}
            variables:
              due: wage * share
            """,
            """
            wage     | share    | due
            346789   | 0.0433   | 15015.9637
            0.01     | 0.000001 | 0.00000001
            -10.50   | 0.5      | -5.25
            100      | ?        | ?
            """,
        ),
        Case(
            "A minus sign, brackets and the order of operations are those of arithmetic.",
            """
            inputs: {a: integer, b: integer}
            variables:
              first: a + b * 2
              second: (a + b) * 2
              third: -a - -b
            """,
            """
            a  | b  | first | second | third
            1  | 2  | 5     | 6      | 1
            -3 | 4  | 5     | 2      | 7
            """,
        ),
        Case(
            "`//` and `%` are for whole numbers: the quotient goes down to the next whole number, the rest has the "
            "sign of the divisor.",
            """
            inputs: {a: integer}
            variables:
              quotient: a // 7
              rest: a % 7
              by_minus: a // -7
              rest_of_minus: a % -7
            """,
            """
            a   | quotient | rest | by_minus | rest_of_minus
            15  | 2        | 1    | -3       | -6
            14  | 2        | 0    | -2       | 0
            0   | 0        | 0    | 0        | 0
            -1  | -1       | 6    | 0        | -1
            -14 | -2       | 0    | 2        | 0
            -15 | -3       | 6    | 2        | -1
            ?   | ?        | ?    | ?        | ?
            """,
        ),
        Case(
            "`abs` drops the sign.",
            """
            inputs: {balance: money}
            variables:
              size: abs(balance)
            """,
            """
            balance | size
            -0.01   | 0.01
            12      | 12
            ?       | ?
            """,
        ),
        Case(
            "`amount(…)` is money written out, of the pack's currency and of the period that stands beside it; a bare "
            "0 is no money of any kind.",
            """
            inputs: {wage: money/month, turnover: money/year}
            variables:
              above: wage - amount(99.995)
              yearly: turnover + amount(1)
              never_negative: max(0, wage)
            """,
            """
            wage | turnover | above    | yearly | never_negative
            100  | 5        | 0.005    | 6      | 100
            -1   | -1       | -100.995 | 0      | 0
            """,
        ),
        Case(
            "Large values that 64 bits do not hold are held in between, so that the result is exact.",
            """
            inputs: {wage: {type: money/month, minimum: 0, maximum: 10000000000}, share: rate, factor: {type: number(6), minimum: 0, maximum: 1000}}
            variables:
              due: round_to(wage * share * factor * factor, 0.01, half_up)
            """,
            """
            wage        | share    | factor   | due
            10000000000 | 1        | 999.999999 | 9999999980000000.01
            10000000000 | 0.999999 | 1000     | 9999990000000000.00
            0.01        | 0.5      | 1        | 0.01
            """,
        ),
    ),
    refusals=(
        Refusal(
            "Money times money means nothing.",
            """
            inputs: {wage: money/month}
            variables: {wrong: wage * wage}
            """,
            "rule.dimension",
            "Money times money",
            "multiply by a rate or a number",
        ),
        Refusal(
            "Money and a bare number do not go together.",
            """
            inputs: {wage: money/month}
            variables: {wrong: wage + 100}
            """,
            "rule.type",
            "do not go together",
            "amount(100.00)",
        ),
        Refusal(
            "A condition is not added up.",
            """
            inputs: {insured: boolean}
            variables: {wrong: insured + 1}
            """,
            "rule.type",
            "cannot be added",
            "count(…)",
        ),
        Refusal(
            "`//` and `%` are not for money.",
            """
            inputs: {wage: money/month}
            variables: {wrong: wage // 3}
            """,
            "rule.type",
            "for whole numbers",
            "round_to",
        ),
        Refusal(
            "What could become too large for 64 bits is refused before it is ever computed.",
            """
            inputs: {wage: money/month, hours: integer}
            variables: {wrong: wage * hours * hours}
            """,
            "rule.overflow",
            "too large for 64 bits",
            "narrower bounds",
        ),
        Refusal(
            "In between, what not even 128 bits hold is refused too.",
            """
            inputs: {hours: integer}
            variables: {wrong: "min(5, hours * hours * hours * hours * hours * hours * hours)"}
            """,
            "rule.overflow",
            "too large for 128 bits",
            "round in between",
        ),
        Refusal(
            "A result with more decimals than its declared type is refused.",
            """
            inputs: {share: rate}
            variables: {wrong: {type: integer, formula: share * 2}}
            """,
            "rule.type",
            "The result has 6 decimals, 0 are declared",
            "round it",
        ),
        Refusal(
            "A result of another type than the declared one is refused.",
            """
            inputs: {share: rate}
            variables: {wrong: {type: boolean, formula: share * 2}}
            """,
            "rule.type",
            "its declared type is true or false",
            "change the formula",
        ),
    ),
)

test_cases = cases_test(TOPIC)
test_refusals = refusals_test(TOPIC)
