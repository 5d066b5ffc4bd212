"""Chance that falls the same way for a seed on every machine and every Python version.

Only `random.Random.random` is promised to keep its sequence between versions of Python, so everything else (picking,
shuffling, drawing an income) is made from it here. Amounts are drawn with `Decimal`, whose results do not depend on
the processor; nothing here is fit for secrets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from random import Random
from typing import TypeVar

T = TypeVar("T")

# A sum of twelve uniform draws less six has mean 0 and variance 1, and is near enough to a normal draw for practice
# data.
_UNIFORM_DRAWS = 12
_ARITHMETIC = Context(prec=28, rounding=ROUND_HALF_UP)


class Dice:
    """A stream of chance named by a text; equal names give equal streams."""

    def __init__(self, name: str) -> None:
        # A text is hashed with SHA-512 by `Random`, in the same way everywhere; an integer or an object might not be.
        self._random = Random(name)  # noqa: S311 - practice data, no secrets

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1; `limit` is at least 1."""
        assert limit >= 1, f"nothing lies below {limit}"
        return int(self._random.random() * limit)

    def between(self, lowest: int, highest: int) -> int:
        """A whole number from `lowest` to `highest`, both inclusive."""
        return lowest + self.below(highest - lowest + 1)

    def chance(self, percent: int) -> bool:
        """True in `percent` of a hundred throws."""
        return self.below(100) < percent

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, each as likely as the others."""
        return options[self.below(len(options))]

    def weighted(self, weights: Mapping[T, int]) -> T:
        """One of the keys, as likely as its weight says; weights are whole numbers, not all zero."""
        throw = self.below(sum(weights.values()))
        for option, weight in weights.items():
            if throw < weight:
                return option
            throw -= weight
        raise AssertionError("weights add up to more than their sum")

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order (Fisher and Yates)."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def amount(self, median: int, spread: Decimal, step: int = 1) -> int:
        """A log-normal amount around `median` in whole major units, rounded half up to `step`.

        spread: standard deviation of the logarithm; 0.5 puts two thirds of the draws between 0.6 and 1.65 times the
        median.
        """
        total = sum(self.below(2**32) for _ in range(_UNIFORM_DRAWS))
        normal = _ARITHMETIC.subtract(_ARITHMETIC.divide(Decimal(total), Decimal(2**32)), Decimal(_UNIFORM_DRAWS // 2))
        factor = _ARITHMETIC.exp(_ARITHMETIC.multiply(spread, normal))
        steps = _ARITHMETIC.divide(_ARITHMETIC.multiply(Decimal(median), factor), Decimal(step))
        return int(steps.to_integral_value(rounding=ROUND_HALF_UP)) * step
