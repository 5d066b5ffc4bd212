"""Tables: exact keys, bands, several keys, one band for the whole amount and slices."""

from __future__ import annotations

from tests.spec.spec import Case, Topic, cases_test

SCALE = """
inputs: {income: {type: money/month, minimum: 0, maximum: 100000}}
tables:
  scale:
    keys: {income: {unit: money/month, band: true}}
    columns: {rate: rate, grade: integer}
    rows: [["<= 100", 0.05, 1], ["< 200", 0.10, 2], ["any", 0.25, 3]]
"""
TOPIC = Topic(
    "Tables",
    'An exact key is equal to its cell; a band key is at most (`"<= 100"`) or below (`"< 200"`) its '
    "upper edge, and the "
    "first band that fits counts. `otherwise:` answers for keys that no row has.",
    (
        Case(
            "An exact key of an enumeration; an unknown key gives an unknown cell.",
            """
inputs: {status: {enum: [employee, own account]}}
tables: {rates: {keys: {status: {enum: status}}, columns: {rate: rate}, rows: [[employee, 0.05], [own account, 0.1]]}}
variables: {rate_due: "lookup(rates, status)"}
""",
            """
            status      | rate_due | rate_due lacks
            employee    | 0.05     |
            own account | 0.10     |
            ?           | ?        | status
            """,
        ),
        Case(
            "Whole numbers as exact keys; `otherwise` for the rest.",
            """
inputs: {children: {type: integer, minimum: 0, maximum: 20}}
tables: {grants: {keys: {children: integer}, columns: {grant: money}, rows: [[0, 0], [1, 50]], otherwise: {grant: 80}}}
variables: {grant_due: "lookup(grants, children)"}
""",
            """
            children | grant_due
            0        | 0.00
            1        | 50.00
            2        | 80.00
            ?        | ?
            """,
        ),
        Case(
            "A band at its edges: `<=` includes its edge, `<` does not.",
            SCALE + 'variables: {rate_due: "lookup(scale, income, column=\\"rate\\")", '
            'grade_due: "bracket(scale, income, column=\\"grade\\")"}',
            """
            income | rate_due | grade_due
            0      | 0.05     | 1
            100.00 | 0.05     | 1
            100.01 | 0.10     | 2
            199.99 | 0.10     | 2
            200.00 | 0.25     | 3
            ?      | ?        | ?
            """,
        ),
        Case(
            "`bracket` takes one band for the whole amount, `marginal` a slice from each.",
            SCALE + 'variables: {whole: "income * bracket(scale, income, column=\\"rate\\")", '
            'slices: "marginal(scale, income, column=\\"rate\\")"}',
            """
            income | whole    | slices
            0      | 0.0000   | 0.0000
            100.00 | 5.0000   | 5.0000
            150.00 | 15.0000  | 10.0000
            200.00 | 50.0000  | 15.0000
            300.00 | 75.0000  | 40.0000
            ?      | ?        | ?
            """,
        ),
        Case(
            "A quotient as the key of a band is compared exactly.",
            """
inputs: {income: {type: money/month, minimum: 0, maximum: 1000}, wage: {type: money/month, minimum: 1, maximum: 1000}}
tables: {parts: {keys: {part: {unit: number, band: true}}, columns: {grade: integer},
    rows: [["< 0.3333", 1], ["<= 1", 2], ["any", 3]]}}
variables: {grade_due: "lookup(parts, income / wage)"}
""",
            """
            income | wage   | grade_due
            100.00 | 300.00 | 2
            99.98  | 300.00 | 1
            300.00 | 300.00 | 2
            300.01 | 300.00 | 3
            """,
        ),
        Case(
            "Several keys: all of them must fit.",
            """
inputs: {insured: boolean, age: {type: integer, minimum: 0, maximum: 130}}
tables:
  pensions:
    keys: {insured: boolean, age: {unit: number, band: true}}
    columns: {pension: money/month}
    rows: [[true, "< 65", 0], [true, "any", 250], [false, "< 70", 0], [false, "any", 99.5]]
variables: {pension_due: "lookup(pensions, insured, age)"}
""",
            """
            insured | age | pension_due | pension_due lacks
            true    | 64  | 0.00        |
            true    | 65  | 250.00      |
            false   | 69  | 0.00        |
            false   | 70  | 99.50       |
            ?       | 70  | ?           | insured
            ?       | ?   | ?           | age, insured
            """,
        ),
    ),
)
test_tables = cases_test(TOPIC)
