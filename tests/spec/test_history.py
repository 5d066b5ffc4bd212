"""Histories: what the monthly records before the month asked about say, and when they say nothing."""

from __future__ import annotations

from tests.spec.spec import Case, Topic, cases_test

RECORDS = """
person | month   | paid  | base
ana    | 2025-11 | true  | 100
ana    | 2025-12 | false | 50
ana    | 2026-01 | true  | 200
ana    | 2026-02 | true  | 300
ana    | 2026-03 | true  | 999
bo     | 2026-02 | ?     | 10
chi    | 2026-01 | true  | ?
"""
HISTORY = """
history: {paid: boolean, base: {type: money/month, minimum: 0, maximum: 100000}}
"""
TOPIC = Topic(
    "Histories",
    "A history holds a record a month, and says from which month until before which it is complete. "
    "Aggregates look at the "
    "months before the month asked about: the `last=n` of them, those `since=` a month and before "
    "`until=` another, or all. "
    "A window that is not inside the complete months is unknown.",
    (
        Case(
            "Counts, sums and the longest run; the month asked about is not part of them.",
            HISTORY
            + "variables: {months: 'history.count(paid, last=3)', paid_in_all: history.count(paid), "
            + "total: 'history.sum(base, last=3)', of_paid: 'history.sum(base, where=paid)', run: "
            "history.longest_run(paid)}",
            """
            person | history         | months | paid_in_all | total  | of_paid | run
            ana    | 2025-11 2026-03 | 2      | 3           | 550.00 | 600.00  | 2
            dan    | 2025-11 2026-03 | 0      | 0           | 0.00   | 0.00    | 0
            ana    | ? ?             | ?      | ?           | ?      | ?       | ?
            """,
            RECORDS,
        ),
        Case(
            "What is unknown in a record makes unknown what hangs on it; the history is what is lacking.",
            HISTORY + "variables: {months: history.count(paid), total: history.sum(base), of_paid: 'history.sum(base, "
            "where=paid)'}",
            """
            person | history         | months | months lacks | total | of_paid
            bo     | 2025-11 2026-03 | ?      | history      | 10.00 | ?
            chi    | 2025-11 2026-03 | 1      |              | ?     | ?
            """,
            RECORDS,
        ),
        Case(
            "Means are divisions: over the records there are, or over the best of them; of no records they are "
            "unknown.",
            HISTORY
            + "variables: {mean: 'round_to(history.mean(base, last=4), 0.01, half_up)', "
            + "best: 'round_to(history.mean_best(base, 2), 0.01, half_up)', enough: 'history.mean(base) >= "
            "amount(162.5)'}",
            """
            person | history         | mean   | best   | enough
            ana    | 2025-11 2026-03 | 162.50 | 250.00 | true
            dan    | 2025-11 2026-03 | ?      | ?      | ?
            """,
            RECORDS,
        ),
        Case(
            "The latest record, and the record of one month.",
            HISTORY
            + "variables: {latest: history.last(base), before: 'history.value(base, ago=2)', "
            + "paid_before: 'history.value(paid, ago=3)'}",
            """
            person | history         | latest | before | paid_before
            ana    | 2025-11 2026-03 | 300.00 | 200.00 | false
            dan    | 2025-11 2026-03 | ?      | 0.00   | false
            ana    | 2026-01 2026-03 | 300.00 | 200.00 | ?
            """,
            RECORDS,
        ),
        Case(
            "A window from one month until before another.",
            HISTORY
            + "inputs: {joined: month}\n"
            + "variables: {count: 'history.count(paid, since=joined)', "
            + "early: 'history.count(paid, since=month(2025, 11), until=month(2026, 1))'}",
            """
            person | history         | joined  | count | count lacks     | early
            ana    | 2025-11 2026-03 | 2025-12 | 2     |                 | 1
            ana    | 2025-11 2026-03 | 2026-05 | 0     |                 | 1
            ana    | 2025-11 2026-03 | ?       | ?     | history, joined | 1
            """,
            RECORDS,
        ),
        Case(
            "Each row has its own month; figures are those of the month of the record.",
            HISTORY
            + "parameters: {least: {unit: money/month, values: {2025-01-01: 60, 2026-01-01: 250}}}\n"
            + "variables: {months: 'history.count(base >= least)'}",
            """
            person | history         | on         | months
            ana    | 2025-11 2026-03 | 2026-03-15 | 2
            ana    | 2025-11 2026-03 | 2026-02-01 | 1
            ana    | 2025-11 2026-03 | 2025-12-31 | 1
            """,
            RECORDS,
            on=None,
        ),
    ),
)
test_histories = cases_test(TOPIC)
