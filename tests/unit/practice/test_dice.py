"""Chance: pinned draws show that every Python and machine gives the same; shares and medians come out as asked."""

from __future__ import annotations

from decimal import Decimal

from ayni.roster.practice.dice import Dice

PINNED_NUMBERS = [37, 91, 60, 70, 53, 18]
PINNED_AMOUNTS = [83_000, 220_000, 185_000, 261_000]
PINNED_ORDER = ["e", "b", "c", "f", "d", "a"]


def test_the_first_draws_are_pinned() -> None:
    dice = Dice("pinned")
    assert [dice.between(1, 100) for _ in range(6)] == PINNED_NUMBERS
    assert [dice.amount(300_000, Decimal("0.5"), 1_000) for _ in range(4)] == PINNED_AMOUNTS
    assert dice.shuffled("abcdef") == PINNED_ORDER


def test_weights_are_kept() -> None:
    dice = Dice("weights")
    drawn = [dice.weighted({"a": 1, "b": 3, "never": 0}) for _ in range(4_000)]
    assert set(drawn) == {"a", "b"}
    assert 2_850 < drawn.count("b") < 3_150


def test_half_of_the_amounts_lie_below_the_median() -> None:
    dice = Dice("amounts")
    amounts = sorted(dice.amount(100_000, Decimal("0.6")) for _ in range(4_000))
    assert 96_000 < amounts[2_000] < 104_000
    # One standard deviation of the logarithm above the median lie 84 in a hundred.
    assert 173_000 < amounts[3_364] < 193_000


def test_a_spread_of_nothing_gives_the_median() -> None:
    assert {Dice(str(seed)).amount(12_345, Decimal(0), 5) for seed in range(20)} == {12_345}
