"""Time: figures, tables and rules of the day asked about, and what could be known on a day."""

from __future__ import annotations

from tests.spec.spec import Case, Topic, cases_test

RATE = """
inputs: {wage: {type: money/month, minimum: 0, maximum: 9999}}
parameters: {rate: {unit: rate, values: {2025-01-01: 0.05, 2026-01-01: {value: 0.06, known_from: 2026-02-01}}}}
variables: {due: wage * rate}
"""
TOPIC = Topic(
    "Time",
    "A figure holds from its day until the next one; before the first, and where it is announced and not fixed, it is "
    "unknown. Rules have dated formulas in the same way.",
    (
        Case(
            "Each row with the figure of its day.",
            RATE,
            """
            wage | on         | due  | due lacks
            100  | 2024-12-31 | ?    | figure not in the pack
            100  | 2025-01-01 | 5.00 |
            100  | 2025-12-31 | 5.00 |
            100  | 2026-01-01 | 6.00 |
            """,
            on=None,
        ),
        Case(
            "All rows as of one day.",
            RATE,
            """
            wage | due
            100  | 6.00
            ?    | ?
            """,
        ),
        Case(
            "As it could be known on a day: what came later is left out.",
            RATE,
            """
            wage | on         | due
            100  | 2025-12-31 | 5.00
            100  | 2026-01-01 | 5.00
            """,
            on=None,
            known_on="2026-01-15",
        ),
        Case(
            "A figure that is announced and not fixed is unknown from its day.",
            """
inputs: {wage: {type: money/month, minimum: 0, maximum: 9999}}
parameters: {base: {unit: money/month, values: {2025-01-01: 10.5, 2026-01-01: null}}}
variables: {more: wage + base}
""",
            """
            wage | on         | more
            1    | 2025-12-31 | 11.50
            1    | 2026-01-01 | ?
            """,
            on=None,
        ),
        Case(
            "A rule that changed; before its first formula it is unknown.",
            """
inputs: {n: {type: integer, minimum: 0, maximum: 99}}
variables: {v: {formulas: {2020-01-01: n + 1, 2026-03-01: n * 2}}}
""",
            """
            n | on         | v
            5 | 2019-12-31 | ?
            5 | 2020-01-01 | 6
            5 | 2026-02-28 | 6
            5 | 2026-03-01 | 10
            """,
            on=None,
        ),
        Case(
            "A table of its day.",
            """
inputs: {n: {type: integer, minimum: 0, maximum: 99}}
tables:
  scale:
    keys: {n: {unit: integer, band: true}}
    columns: {grade: integer}
    versions: {2025-01-01: {rows: [["any", 1]]}, 2026-01-01: {rows: [["<= 5", 2], ["any", 3]]}}
variables: {grade_due: "lookup(scale, n)"}
""",
            """
            n | on         | grade_due
            5 | 2024-12-31 | ?
            5 | 2025-12-31 | 1
            5 | 2026-01-01 | 2
            6 | 2026-01-01 | 3
            """,
            on=None,
        ),
    ),
)
test_time = cases_test(TOPIC)
