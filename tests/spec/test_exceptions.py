"""Exceptions: a rule that stands in place of the base rule where its condition holds."""

from __future__ import annotations

from tests.spec.spec import Case, Refusal, Topic, cases_test, refusals_test

TOPIC = Topic(
    "Exceptions",
    "Where the condition of an exception holds, its formula stands in place of the rule's. Two that hold "
    "at once are an "
    "error, unless one says that it overrides the other.",
    (
        Case(
            "The exception where it holds, the rule elsewhere; unknown where neither can be told.",
            """
inputs: {wage: {type: money/month, minimum: 0, maximum: 9999}, part_time: boolean}
variables:
  due: {formula: wage * 0.10, exceptions: {part: {when: part_time, formula: wage * 0.05}}}
""",
            """
            wage | part_time | due    | due lacks
            100  | false     | 10.000 |
            100  | true      | 5.000  |
            100  | ?         | ?      | part_time
            0    | ?         | 0.000  |
            """,
        ),
        Case(
            "Exceptions that exclude each other, and one that overrides another.",
            """
inputs: {status: {enum: [employee, own account, other]}, retired: boolean}
variables:
  grade:
    formula: "0"
    exceptions:
      employed: {when: 'status == "employee"', formula: "1"}
      independent: {when: 'status == "own account"', formula: "2"}
      pensioner: {when: retired, formula: "3", overrides: [employed, independent]}
""",
            """
            status      | retired | grade
            employee    | false   | 1
            own account | false   | 2
            other       | false   | 0
            employee    | true    | 3
            other       | true    | 3
            """,
        ),
    ),
    (
        Refusal(
            "Two exceptions with one condition.",
            """
inputs: {a: boolean}
variables: {v: {formula: "0", exceptions: {one: {when: a, formula: "1"}, two: {when: a, formula: "2"}}}}
""",
            "rule.exceptions",
            "always apply together",
            "overrides: [two]",
        ),
        Refusal(
            "An exception that overrides what is not there.",
            """
inputs: {a: boolean}
variables: {v: {formula: "0", exceptions: {one: {when: a, formula: "1", overrides: [three]}}}}
""",
            "rule.exceptions",
            "There is no exception `three` to override",
        ),
        Refusal(
            "Two exceptions that override each other.",
            """
inputs: {a: boolean, b: boolean}
variables:
  v:
    formula: "0"
    exceptions: {one: {when: a, formula: "1", overrides: [two]}, two: {when: b, formula: "2", overrides: [one]}}
""",
            "rule.exceptions",
            "override each other",
            "let only one of them win",
        ),
    ),
)
test_exceptions = cases_test(TOPIC)
test_refused_exceptions = refusals_test(TOPIC)
