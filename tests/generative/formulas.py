"""Random formulas as text, of a kind that is asked for; what they mean is for the builder to find out.

Formulas are typed by construction: a refusal of the builder other than for size or overflow is a fault of one of the
two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hypothesis import strategies as st

from tests.generative.universe import ENUMS, HISTORY, INPUTS, KINDS, PARAMETERS

T = TypeVar("T")
MODES = ("half_up", "half_even", "up", "down")
PERIODS = {"monthly": "month", "yearly": "year", "sum": "once"}
NUMERIC = ("integer", "number")
MONEY = ("monthly", "yearly", "sum")
ORDERED = (*NUMERIC, *MONEY, "date", "month")
DATE_LITERALS = ("date(2024, 2, 29)", "date(2026, 3, 1)", "date(1, 1, 1)", "date(9999, 12, 31)", "date(1990, 1, 31)")
MONTH_LITERALS = ("month(2026, 1)", "month(2024, 2)", "month(2025, 12)")
INTEGER_LITERALS = ("0", "1", "2", "5", "12", "18", "65", "-3", "1000000")
NUMBER_LITERALS = ("0.5", "1.5", "0.0433", "-0.25", "0.9295", "100.125")
AMOUNT_LITERALS = ("0", "0.01", "10", "100.005", "1000", "-5.5")


@dataclass(frozen=True)
class Formulas:
    """Writes formulas. `variables` are the names that may be used so far, with their kinds; `inside`: which
    aggregate.
    """

    draw: st.DrawFn
    variables: Mapping[str, str]
    inside: str | None = None

    def choose(self, options: Sequence[T]) -> T:
        """One of the options; the first is what Hypothesis shrinks to."""
        return self.draw(st.sampled_from(options))

    def write(self, kind: str, depth: int) -> str:
        """A formula of a kind, at most `depth` operations deep."""
        options: list[Callable[[], str]] = [lambda: self.leaf(kind)]
        if depth > 0:
            options += self._operations(kind, depth - 1)
        return self.choose(options)()

    def leaf(self, kind: str) -> str:
        """A name or literal of the kind."""
        names = [name for name, (of, _) in (HISTORY if self.inside == "history" else INPUTS).items() if of == kind]
        if self.inside != "history":
            names += [name for name, of in self.variables.items() if of == kind]
        names += [name for name, (of, _, _) in PARAMETERS.items() if of == kind]
        if kind == "number" and not names:
            return self.choose(NUMBER_LITERALS)
        literals: dict[str, tuple[str, ...]] = {
            "integer": INTEGER_LITERALS,
            "number": NUMBER_LITERALS,
            "boolean": ("True", "False"),
            "date": ("evaluation_date", *DATE_LITERALS),
            "month": ("evaluation_month", *MONTH_LITERALS),
        }
        # Names first and twice: literals alone would be folded away.
        return self.choose([*names, *names, *literals.get(kind, ())]) if names or kind in literals else self._sum_leaf()

    def _sum_leaf(self) -> str:
        return f'per({self.leaf("monthly")}, "once")'

    def deeper(self, inside: str) -> Formulas:
        return Formulas(self.draw, self.variables, inside)

    # ── What any kind can be

    def _operations(self, kind: str, depth: int) -> list[Callable[[], str]]:
        own = {
            "boolean": self._booleans,
            "integer": self._integers,
            "number": self._numbers,
            "date": self._dates,
            "month": self._months,
            "status": self._enumerations,
            "level": self._enumerations,
        }
        options = own[kind](kind, depth) if kind in own else self._amounts(kind, depth)
        options += [
            lambda: f"({self.write(kind, depth)} if {self.write('boolean', depth)} else {self.write(kind, depth)})",
            lambda: f"first_known({self.write(kind, depth)}, {self.write(kind, depth)})",
            lambda: f"({self.write(kind, depth)} if {self.write('boolean', depth)} else unknown)",
        ]
        if kind in ORDERED:
            options += self._ordered(kind, depth)
        if self.inside is None:
            options += self._aggregates(kind, depth)
        return options

    def _ordered(self, kind: str, depth: int) -> list[Callable[[], str]]:
        def several() -> str:
            parts = [self.write(kind, depth) for _ in range(self.choose((2, 2, 3)))]
            return f"{self.choose(('min', 'max'))}({', '.join(parts)})"

        return [several, lambda: f"clip({', '.join(self.write(kind, depth) for _ in range(3))})"]

    def _aggregates(self, kind: str, depth: int) -> list[Callable[[], str]]:
        options: list[Callable[[], str]] = []
        if kind in ORDERED:
            operators = ("min", "max") if kind in ("date", "month") else ("sum", "min", "max")
            options.append(lambda: self._household(self.choose(operators), kind, depth))
        if any(of == kind for of, _ in HISTORY.values()):
            options.append(lambda: self._history_value(kind, depth))
        return options

    def _household(self, operator: str, kind: str, depth: int) -> str:
        inner = self.deeper("household")
        where = f", where={inner.write('boolean', depth)}" if self.choose((True, False)) else ""
        return f"household.{operator}({inner.write(kind, depth)}{where})"

    def _history_value(self, kind: str, depth: int) -> str:
        inner = self.deeper("history")
        value = inner.write(kind, depth)
        options: list[Callable[[], str]] = [
            lambda: f"history.value({value}, ago={self.choose((1, 2, 12))})",
            lambda: f"history.last({value}{self._where()}{self._window()})",
        ]
        if kind in (*NUMERIC, *MONEY):
            options.append(lambda: f"history.sum({value}{self._where()}{self._window()})")
        return self.choose(options)()

    def _where(self) -> str:
        return f", where={self.deeper('history').write('boolean', 1)}" if self.choose((False, True)) else ""

    def _window(self) -> str:
        month = self.deeper("household")
        options: tuple[Callable[[], str], ...] = (
            lambda: "",
            lambda: f", last={self.choose((1, 3, 12))}",
            lambda: f", since={month.write('month', 1)}",
            lambda: f", until={month.write('month', 1)}",
            lambda: f", since={month.write('month', 0)}, until={month.write('month', 0)}",
        )
        return self.choose(options)()

    def _mean(self, kind: str) -> str:
        """A quotient: it stands only in a rounding, a comparison or a band key."""
        value = self.deeper("history").write(kind, 1)
        if self.choose((True, False)):
            return f"history.mean({value}{self._where()}{self._window()})"
        return f"history.mean_best({value}, {self.choose((1, 2, 3))}{self._where()}{self._window()})"

    # ── Conditions

    def _booleans(self, kind: str, depth: int) -> list[Callable[[], str]]:
        return [
            lambda: self._comparison(depth),
            lambda: self._chain(depth),
            lambda: self._quotients(depth),
            lambda: self._joined(depth),
            lambda: f"(not {self.write(kind, depth)})",
            lambda: self._membership(depth),
            lambda: f"known({self.write(self.choose(KINDS), depth)})",
            lambda: self._boolean_lookup(depth),
            *([lambda: self._boolean_aggregate(depth)] if self.inside is None else []),
        ]

    def _joined(self, depth: int) -> str:
        word = self.choose((" and ", " or "))
        return f"({word.join(self.write('boolean', depth) for _ in range(self.choose((2, 2, 3))))})"

    def _operator(self, kind: str) -> str:
        return self.choose(("<", "<=", ">", ">=", "==", "!=") if kind in ORDERED else ("==", "!="))

    def _comparison(self, depth: int) -> str:
        kind = self.choose(KINDS)
        right = self.write(kind, depth)
        if kind in MONEY and self.choose((True, False)):
            right = f"amount({self.choose(AMOUNT_LITERALS)})"
        if kind in ENUMS and self.choose((True, False)):
            right = f'"{self.choose(ENUMS[kind])}"'
        return f"({self.write(kind, depth)} {self._operator(kind)} {right})"

    def _chain(self, depth: int) -> str:
        kind = self.choose(ORDERED)
        first, second, third = (self.write(kind, depth) for _ in range(3))
        return f"({first} {self._operator(kind)} {second} {self._operator(kind)} {third})"

    def _quotients(self, depth: int) -> str:
        """A comparison with a quotient, guarded by what stands before it."""
        kind = self.choose(("number", *MONEY))
        if self.inside is None and self.choose((False, False, True)):
            of = self.choose(("monthly", "integer"))
            return f"({self._mean(of)} {self._operator(of)} {self.write(of, depth)})"
        quotient, guard = self._quotient(kind, depth)
        other = f"{self.write(kind, depth)}{self.choose(('', ' / 3', ' / 0.5'))}"
        comparison = f"{quotient} {self._operator(kind)} {other}"
        if guard is None:
            return f"({comparison})"
        return self.choose((f"({guard} and {comparison})", f"(not {guard} or {comparison})"))

    def _membership(self, depth: int) -> str:
        word = self.choose(("in", "not in"))
        if self.choose((True, False)):
            kind = self.choose(tuple(ENUMS))
            values = self.draw(st.lists(st.sampled_from(ENUMS[kind]), min_size=1, unique=True))
            members = [f'"{value}"' for value in values]
        else:
            kind = self.choose(("integer", "date", "month"))
            members = [self.write(kind, 0) for _ in range(self.choose((1, 2)))]
        return f"({self.write(kind, depth)} {word} ({', '.join(members)},))"

    def _boolean_lookup(self, depth: int) -> str:
        return f'lookup(grid, {self.write("status", depth)}, {self.write("integer", depth)}, column="flag")'

    def _boolean_aggregate(self, depth: int) -> str:
        if self.choose((True, False)):
            return f"household.{self.choose(('any', 'all'))}({self.deeper('household').write('boolean', depth)})"
        return self._history_value("boolean", depth)

    # ── Numbers and money

    def _quotient(self, kind: str, depth: int) -> tuple[str, str | None]:
        """A quotient of the kind, and the condition under which it exists."""
        if kind == "number" and self.choose((True, False)):
            money = self.choose(MONEY)
            divisor = self.write(money, depth)
            return f"{self.write(money, depth)} / ({divisor})", f"({divisor}) > amount(0)"
        above = self.write(kind, depth)
        if self.choose((True, False)):
            return f"{above} / {self.choose(('3', '2', '0.5', '1.25', '-4'))}", None
        by = self.write(self.choose(NUMERIC), depth)
        return f"{above} / ({by})", self.choose((f"({by}) > 0", f"0 < ({by})", f"not ({by}) <= 0"))

    def _rounded(self, kind: str, depth: int) -> str:
        """round_to, over anything or a quotient; where the divisor may be zero or less, a conditional stands around."""
        step = self.choose(("1", "5") if kind == "integer" else ("0.01", "1", "0.05", "0.5", "10", "0.0001"))
        mode = self.choose(MODES)
        of = "number" if kind == "integer" else kind
        if self.inside is None and kind in ("integer", "monthly") and self.choose((False, False, True)):
            return f"round_to({self._mean(kind)}, {step}, {mode})"
        if self.choose((True, False)):
            return f"round_to({self.write(of, depth)}, {step}, {mode})"
        quotient, guard = self._quotient(of, depth)
        rounded = f"round_to({quotient}, {step}, {mode})"
        return f"({rounded} if {guard} else {self.write(kind, 0)})" if guard else rounded

    def _plain(self, kind: str, depth: int) -> str:
        left, right = self.write(kind, depth), self.write(kind, depth)
        return f"({left} {self.choose(('+', '-'))} {right})"

    def _integers(self, kind: str, depth: int) -> list[Callable[[], str]]:
        def floored() -> str:
            by = self.choose(("2", "7", "12", "-5", *(("size",) if self.inside != "history" else ())))
            return f"({self.write(kind, depth)} {self.choose(('//', '%'))} {by})"

        def guarded() -> str:
            by = f"({self.write(kind, depth)})"
            whole = f"{self.write(kind, depth)} {self.choose(('//', '%'))} {by}"
            return f"({whole} if {by} > 0 else {self.write(kind, 0)})"

        options = [
            lambda: self._plain(kind, depth),
            lambda: f"({self.write(kind, depth)} * {self.write(kind, depth)})",
            lambda: f"(-{self.write(kind, depth)})",
            lambda: f"abs({self.write(kind, depth)})",
            floored,
            guarded,
            lambda: self._rounded(kind, depth),
            lambda: self._years(depth),
            lambda: f"{self.choose(('months_between', 'days_between'))}({self._two_dates(depth)})",
            lambda: f"{self.choose(('year', 'day'))}({self.write('date', depth)})",
            lambda: f"({self.write('month', depth)} - {self.write('month', depth)})",
            lambda: self._banded("grade", depth),
        ]
        if self.inside is not None:
            return options
        counted = [
            lambda: f"household.count({self.deeper('household').write('boolean', depth)})",
            lambda: self._months_where("count", depth),
            lambda: self._months_where("longest_run", depth),
        ]
        return options + counted

    def _years(self, depth: int) -> str:
        leap = self.choose(("", ", feb28", ", mar1"))
        return f"{self.choose(('age_on', 'years_between'))}({self._two_dates(depth)}{leap})"

    def _two_dates(self, depth: int) -> str:
        return f"{self.write('date', depth)}, {self.write('date', depth)}"

    def _months_where(self, operator: str, depth: int) -> str:
        return f"history.{operator}({self.deeper('history').write('boolean', depth)}{self._window()})"

    def _numbers(self, kind: str, depth: int) -> list[Callable[[], str]]:
        return [
            lambda: self.write("integer", depth),
            lambda: self._plain(kind, depth),
            lambda: f"({self.write(kind, depth)} * {self.write(kind, depth)})",
            lambda: f"(-{self.write(kind, depth)})",
            lambda: f"abs({self.write(kind, depth)})",
            lambda: self._rounded(kind, depth),
            lambda: f"to_number({self.write(self.choose(MONEY), depth)})",
            lambda: self._banded("rate", depth),
        ]

    def _banded(self, column: str, depth: int) -> str:
        function = self.choose(("lookup", "bracket"))
        if self.choose((True, False)):
            return f'{function}(wage_bands, {self.write("monthly", depth)}, column="{column}")'
        if self.inside is None and self.choose((False, False, True)):
            return f'{function}(ratio_bands, {self._mean("integer")}, column="{column}")'
        if self.choose((True, False)):
            return f'{function}(ratio_bands, {self.write("number", depth)}, column="{column}")'
        quotient, guard = self._quotient("number", depth)
        banded = f'{function}(ratio_bands, {quotient}, column="{column}")'
        return f"({banded} if {guard} else {self.write('integer', 0)})" if guard else banded

    def _amounts(self, kind: str, depth: int) -> list[Callable[[], str]]:
        options: list[Callable[[], str]] = [
            lambda: self._plain(kind, depth),
            lambda: f"({self.write(kind, depth)} * {self.write('number', depth)})",
            lambda: f"({self.write('integer', depth)} * {self.write(kind, depth)})",
            lambda: f"(-{self.write(kind, depth)})",
            lambda: f"abs({self.write(kind, depth)})",
            lambda: f"({self.write(kind, depth)} {self.choose(('+', '-'))} amount({self.choose(AMOUNT_LITERALS)}))",
            lambda: f"max(0, {self.write(kind, depth)})",
            lambda: self._rounded(kind, depth),
            lambda: f'per({self.write(self.choose(MONEY), depth)}, "{PERIODS[kind]}")',
        ]
        if kind == "monthly":
            options += [
                lambda: f'marginal(wage_bands, {self.write(kind, depth)}, column="rate")',
                lambda: f"lookup(by_age, {self.write('boolean', depth)}, {self.write('number', depth)})",
                lambda: f"round_to(to_monthly({self.write('yearly', depth)}), 0.01, {self.choose(MODES)})",
                lambda: f"to_monthly({self.write(kind, depth)})",
            ]
        if kind == "yearly":
            options.append(lambda: f"to_annual({self.write('monthly', depth)})")
        if kind == "sum":
            options += [
                lambda: (
                    f'lookup(grid, {self.write("status", depth)}, {self.write("integer", depth)}, column="benefit")'
                ),
                lambda: f'per(round_to(to_daily({self.write("monthly", depth)}, 30), 0.01, half_up), "once")',
            ]
        return options

    # ── Dates, months, enumerations

    def _dates(self, kind: str, depth: int) -> list[Callable[[], str]]:
        return [
            lambda: f"({self.write(kind, depth)} {self.choose(('+', '-'))} {self.write('integer', 0)})",
            lambda: f"{self.choose(('first_day', 'last_day'))}({self.write('month', depth)})",
        ]

    def _months(self, kind: str, depth: int) -> list[Callable[[], str]]:
        return [
            lambda: f"({self.write(kind, depth)} {self.choose(('+', '-'))} {self.write('integer', 0)})",
            lambda: f"month_of({self.write('date', depth)})",
        ]

    def _enumerations(self, kind: str, depth: int) -> list[Callable[[], str]]:
        def value() -> str:
            return f'"{self.choose(ENUMS[kind])}"'

        options: list[Callable[[], str]] = [
            lambda: f"({value()} if {self.write('boolean', depth)} else {value()})",
            lambda: f"({self.write(kind, depth)} if {self.write('boolean', depth)} else {value()})",
            lambda: f"first_known({self.write(kind, depth)}, {value()})",
        ]
        if kind == "level":
            options.append(lambda: self._banded_level(depth))
        return options

    def _banded_level(self, depth: int) -> str:
        return f'bracket(wage_bands, {self.write("monthly", depth)}, column="level")'
