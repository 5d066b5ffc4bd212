"""Money and its periods: a month's money is not a year's; what changes the number and what only states the period."""

from __future__ import annotations

from tests.spec.spec import Case, Topic, cases_test

TOPIC = Topic(
    "Money and periods",
    "Money is exact and knows its currency and its period. `to_annual` multiplies, `to_monthly` and "
    "`to_daily` divide and "
    "so are rounded, `per` states another period for the same number, `to_number` drops the currency.",
    (
        Case(
            "A rate of a monthly amount is a monthly amount; a year's is twelve months'.",
            "inputs: {wage: money/month, quarter_fee: money/quarter}\n"
            "variables: {due: {type: money/month, formula: 'round_to(wage * 0.0433, 0.01, half_up)'}, "
            "annual: {type: money/year, formula: to_annual(wage)}, "
            "annual_fee: {type: money/year, formula: to_annual(quarter_fee)}}",
            """
            wage   | quarter_fee | due  | annual  | annual_fee
            100.00 | 2.50        | 4.33 | 1200.00 | 10.00
            0.01   | 0           | 0.00 | 0.12    | 0.00
            ?      | ?           | ?    | ?       | ?
            """,
        ),
        Case(
            "To a shorter period is a division, and says how it is rounded.",
            "inputs: {turnover: money/year, wage: money/month}\n"
            "variables: {monthly: {type: money/month, formula: 'round_to(to_monthly(turnover), 0.01, half_up)'}, "
            "daily: {type: money/day, formula: 'round_to(to_daily(wage, 30), 0.01, half_even)'}}",
            """
            turnover | wage   | monthly | daily
            100.00   | 100.00 | 8.33    | 3.33
            0.06     | 0.15   | 0.01    | 0.00
            -0.06    | 0.45   | -0.01   | 0.02
            """,
        ),
        Case(
            "A period is stated anew without changing the number.",
            "inputs: {wage: money/month}\n"
            "variables: {grant: {type: money, formula: 'per(wage * 3, \"once\")'}, "
            "figure: to_number(wage)}",
            """
            wage  | grant | figure
            10.50 | 31.50 | 10.50
            """,
        ),
        Case(
            "`amount(…)` is money of the period beside it; a written 0 is no money.",
            "inputs: {wage: money/month}\nvariables: {more: wage + amount(0.50), none: 'max(wage, 0)'}",
            """
            wage  | more  | none
            10.00 | 10.50 | 10.00
            -1.00 | -0.50 | 0.00
            """,
        ),
    ),
)
test_money_and_periods = cases_test(TOPIC)
