"""Dates and months: completed years and months, leap days, ends of months, moving by days and months."""

from __future__ import annotations

from tests.spec.spec import Case, Topic, cases_test

TOPIC = Topic(
    "Dates and months",
    "`age_on` and `years_between` count completed years; who was born on 29 February has the birthday on 1 March in "
    "common years, or on 28 February with `feb28`. `evaluation_date` and `evaluation_month` are the day asked about.",
    (
        Case(
            "Completed years, and the leap day.",
            "inputs: {born: date, day_asked: date}\n"
            "variables: {age: 'age_on(born, day_asked)', early: 'age_on(born, day_asked, feb28)'}",
            """
            born       | day_asked  | age | early
            1990-05-20 | 2026-05-19 | 35  | 35
            1990-05-20 | 2026-05-20 | 36  | 36
            2004-02-29 | 2025-02-28 | 20  | 21
            2004-02-29 | 2025-03-01 | 21  | 21
            2004-02-29 | 2024-02-28 | 19  | 19
            2004-02-29 | 2024-02-29 | 20  | 20
            2026-05-20 | 2025-05-20 | -1  | -1
            ?          | 2025-05-20 | ?   | ?
            """,
        ),
        Case(
            "Years, months and days between two dates; negative where the second comes first.",
            "inputs: {a: date, b: date}\n"
            "variables: {years: 'years_between(a, b)', months: 'months_between(a, b)', days: 'days_between(a, b)'}",
            """
            a          | b          | years | months | days
            2025-01-31 | 2025-02-28 | 0     | 0      | 28
            2025-01-31 | 2025-03-31 | 0     | 2      | 59
            2024-02-29 | 2025-02-28 | 0     | 11     | 365
            2025-03-01 | 2024-03-01 | -1    | -12    | -365
            2025-03-01 | ?          | ?     | ?      | ?
            """,
        ),
        Case(
            "The parts of a date, and the ends of a month.",
            "inputs: {d: date}\n"
            "variables: {y: year(d), m: month_of(d), n: day(d), start: first_day(month_of(d)), end: "
            "last_day(month_of(d))}",
            """
            d          | y    | m       | n  | start      | end
            2024-02-10 | 2024 | 2024-02 | 10 | 2024-02-01 | 2024-02-29
            2025-02-28 | 2025 | 2025-02 | 28 | 2025-02-01 | 2025-02-28
            2025-12-31 | 2025 | 2025-12 | 31 | 2025-12-01 | 2025-12-31
            ?          | ?    | ?       | ?  | ?          | ?
            """,
        ),
        Case(
            "A date moves by whole days, a month by whole months; months subtract to a number of months.",
            "inputs: {d: {type: date, minimum: 1900-01-01, maximum: 2100-01-01}, "
            "m: {type: month, minimum: 1900-01, maximum: 2100-01}}\n"
            "variables: {later: d + 30, earlier: d - 1, next_month: m + 1, ago: 'm - month(2025, 1)'}",
            """
            d          | m       | later      | earlier    | next_month | ago
            2024-02-28 | 2025-12 | 2024-03-29 | 2024-02-27 | 2026-01    | 11
            2025-01-01 | 2024-12 | 2025-01-31 | 2024-12-31 | 2025-01    | -1
            """,
        ),
        Case(
            "The day asked about, and its month.",
            "inputs: {born: date}\n"
            "variables: {asked: evaluation_date, in_month: evaluation_month, age: 'age_on(born, evaluation_date)'}",
            """
            born       | on         | asked      | in_month | age
            2000-03-02 | 2026-03-01 | 2026-03-01 | 2026-03  | 25
            2000-03-02 | 2026-03-02 | 2026-03-02 | 2026-03  | 26
            2000-03-02 | 2025-12-31 | 2025-12-31 | 2025-12  | 25
            """,
            on=None,
        ),
    ),
)
test_dates = cases_test(TOPIC)
