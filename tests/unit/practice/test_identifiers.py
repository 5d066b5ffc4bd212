"""Practice numbers pass the checks of python-stdnum, and are known from numbers that somebody may have."""

from __future__ import annotations

import pytest
from stdnum.ar import cuit as stdnum_cuit
from stdnum.ar import dni as stdnum_dni
from stdnum.cr import cpf, cr

from ayni.roster.practice import practice_roster
from ayni.roster.practice.dice import Dice
from ayni.roster.practice.identifiers import cedula, cooperative_cuit, cuil, dimex, dni, is_practice_identifier


def test_costa_rican_numbers_pass() -> None:
    dice, taken = Dice("numbers"), set[str]()
    for _ in range(500):
        assert cpf.is_valid(cedula(dice, taken))
        assert cr.is_valid(dimex(dice, taken))
    assert len(taken) == 1000


def test_argentine_numbers_pass_in_both_prefixes() -> None:
    dice, taken = Dice("numbers"), set[str]()
    prefixes = set()
    for place in range(500):
        number = dni(dice, taken)
        worker = cuil(number, ("female", "male")[place % 2])
        assert stdnum_dni.is_valid(number)
        assert stdnum_cuit.is_valid(worker)
        prefixes.add(worker[:2])
    # 23 is the prefix of those whose own prefix has no check digit.
    assert prefixes == {"20", "27", "23"}


def test_the_number_of_a_cooperative_passes() -> None:
    assert stdnum_cuit.is_valid(cooperative_cuit(1))


@pytest.mark.parametrize("country", ["CR", "AR"])
def test_every_number_of_a_list_is_known_as_practice(country: str) -> None:
    people = practice_roster(country, members=100, seed=3).people
    assert all(is_practice_identifier(country, person.identifier) for person in people)
    assert len({person.identifier for person in people}) == len(people)


@pytest.mark.parametrize(
    ("country", "number"),
    [("CR", "1-0613-0584"), ("CR", "155812994816"), ("AR", "20-26756539-3"), ("AR", "20123456"), ("UY", "99999999")],
)
def test_other_numbers_are_not_taken_for_practice(country: str, number: str) -> None:
    assert not is_practice_identifier(country, number)
