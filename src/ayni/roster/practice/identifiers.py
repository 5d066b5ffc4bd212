"""Identity numbers that pass every check of form and check digit, and that no register has given to anybody.

How a practice number is known (`is_practice_identifier`):

- Costa Rica, cédula física `P-TTTT-AAAA` (province, volume, entry; the number has no check digit): the volume is 9900
  or higher.
  The civil register counts volumes from 1 in each province and is far from there.
- Costa Rica, DIMEX `1NNN` + 8 digits (no check digit): the country code NNN is 999, which stands for no country.
- Argentina, DNI: 99,000,000 or higher. The register gives citizens numbers far below that and residents from abroad
  the 90 to 96 millions.
- Argentina, CUIL and CUIT: the prefix, a practice DNI and the check digit (weights 5 4 3 2 7 6 5 4 3 2, modulo 11).
  Where the
  remainder gives 10, the prefix becomes 23 and the digit 9 (men) or 4 (women). A body's CUIT is 30-999… in the same
  way.

The numbers follow the rules of python-stdnum (`cr.cpf`, `cr.cr`, `ar.dni`, `ar.cuit`), which the tests ask.
"""

from __future__ import annotations

from collections.abc import Callable

from ayni.roster.practice.dice import Dice

CR_PRACTICE_VOLUME = 9900
CR_PRACTICE_COUNTRY = "999"
AR_PRACTICE_DNI = 99_000_000
_CUIT_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def cedula(dice: Dice, taken: set[str]) -> str:
    """A practice cédula as the clerk writes it, `2-9904-0132`; added to `taken`."""
    return _untaken(
        lambda: f"{dice.between(1, 7)}-{dice.between(CR_PRACTICE_VOLUME, 9999):04d}-{dice.between(1, 999):04d}",
        taken,
    )


def dimex(dice: Dice, taken: set[str]) -> str:
    """A practice residence number of 12 digits, `199900012345`; added to `taken`."""
    return _untaken(lambda: f"1{CR_PRACTICE_COUNTRY}{dice.between(1, 99_999_999):08d}", taken)


def dni(dice: Dice, taken: set[str]) -> str:
    """A practice DNI of 8 digits without dots; added to `taken`."""
    return _untaken(lambda: str(AR_PRACTICE_DNI + dice.below(999_999)), taken)


def cuil(dni_number: str, sex: str) -> str:
    """The CUIL of a DNI, `27-99123456-7`."""
    prefix = {"male": "20", "female": "27"}[sex]
    digit = _cuit_digit(prefix + dni_number)
    if digit == 10:
        prefix, digit = "23", {"male": 9, "female": 4}[sex]
    return f"{prefix}-{dni_number}-{digit}"


def cooperative_cuit(serial: int) -> str:
    """A practice CUIT of a body, `30-99900001-D`; `serial` from 1 to 99,999 (the few whose digit would be 10 are
    refused).
    """
    middle = f"999{serial:05d}"
    digit = _cuit_digit("30" + middle)
    assert digit != 10, f"serial {serial} has no check digit under the prefix 30"
    return f"30-{middle}-{digit}"


def is_practice_identifier(country: str, number: str) -> bool:
    """Whether a number, with or without separators, is one of those that only practice lists hold."""
    digits = "".join(character for character in number if character.isdigit())
    if country == "CR":
        if len(digits) == 12:
            return digits[:4] == f"1{CR_PRACTICE_COUNTRY}"
        return len(digits) == 9 and int(digits[1:5]) >= CR_PRACTICE_VOLUME
    if country == "AR":
        if len(digits) == 11:
            return digits[2:4] == "99"
        return len(digits) == 8 and int(digits) >= AR_PRACTICE_DNI
    return False


def _cuit_digit(first_ten: str) -> int:
    """The check digit of the first ten digits; 10 means that no digit exists for this prefix."""
    remainder = sum(weight * int(digit) for weight, digit in zip(_CUIT_WEIGHTS, first_ten, strict=True)) % 11
    return (11 - remainder) % 11


def _untaken(draw: Callable[[], str], taken: set[str]) -> str:
    while True:
        number = draw()
        if number not in taken:
            taken.add(number)
            return number
