"""Identity numbers and telephone numbers: well formed or not, and why."""

from __future__ import annotations

import polars as pl
import pytest

from ayni.roster.identifiers import UnknownCheckError, read_identifiers, read_phones

COSTA_RICA = {"cedula": "cr.cpf", "dimex": "cr.cr"}
ARGENTINA = {"cuil": "ar.cuit"}


def one(number: str, kinds: dict[str, str]) -> tuple[str | None, str | None, str | None]:
    reading = read_identifiers(pl.Series([number, None]), kinds)
    assert reading.numbers[1] is None
    assert reading.fault[1] is None
    return reading.numbers[0], reading.kinds[0], reading.fault[0]


READ = [
    ("1-0613-0584", COSTA_RICA, ("0106130584", "cedula", None)),
    ("106130584", COSTA_RICA, ("0106130584", "cedula", None)),
    ("106130584.0", COSTA_RICA, ("0106130584", "cedula", None)),
    ("155812994816", COSTA_RICA, ("155812994816", "dimex", None)),
    ("12345", COSTA_RICA, (None, None, "roster.id_length")),
    ("abc", COSTA_RICA, (None, None, "roster.id_length")),
    ("1.06E+08", COSTA_RICA, (None, None, "roster.id_shortened")),
    ("20-05536168-2", ARGENTINA, ("20055361682", "cuil", None)),
    ("20-05536168-3", ARGENTINA, (None, None, "roster.id_check_digit")),
    ("2005536168", ARGENTINA, (None, None, "roster.id_length")),
    ("99-05536168-2", ARGENTINA, (None, None, "roster.id_not_valid")),
    ("ab 12-34", {}, ("AB1234", None, None)),
    ("ab-12", {"card": r"pattern:[A-Z]{2}\d{2}"}, ("AB12", "card", None)),
    ("ab-1", {"card": r"pattern:[A-Z]{2}\d{2}"}, (None, None, "roster.id_not_valid")),
]


@pytest.mark.parametrize(("number", "kinds", "expected"), READ)
def test_identity_numbers(
    number: str, kinds: dict[str, str], expected: tuple[str | None, str | None, str | None]
) -> None:
    assert one(number, kinds) == expected


@pytest.mark.parametrize("check", ["cr.nothing", "os.system", "../cr", "cr"])
def test_a_check_that_does_not_exist(check: str) -> None:
    with pytest.raises(UnknownCheckError):
        one("1", {"x": check})


PHONES = [
    ("8888-8888", "CR", "+50688888888"),
    ("(506) 2222 3333", "CR", "+50622223333"),
    ("+506 8888 8888", "CR", "+50688888888"),
    ("00506 88888888", "CR", "+50688888888"),
    ("8888 8888 / 7777 7777", "CR", "+50688888888"),
    ("+1 202 555 0123", "CR", "+12025550123"),
    ("888", "CR", None),
    ("ninguno", "CR", None),
    ("11 4321-5678", "AR", "+541143215678"),
    ("011 4321-5678", "AR", "+541143215678"),
    ("1234567", "XX", "1234567"),
]


@pytest.mark.parametrize(("text", "country", "expected"), PHONES)
def test_telephones(text: str, country: str, expected: str | None) -> None:
    numbers, is_wrong = read_phones(pl.Series([text, None]), country)
    assert numbers.to_list() == [expected, None]
    assert is_wrong.to_list() == [expected is None, False]
