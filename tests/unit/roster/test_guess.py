"""Columns are found by their names in several languages and by what is in them; each guess says why and how sure."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from ayni.roster.guess import SURE, guess_mapping, unsure
from ayni.roster.mapping import Mapping
from ayni.roster.mapping_file import dump_mapping, parse_mapping
from tests.unit.roster.making import ARGENTINA, SETTING, SPECS, sheet_of

DICE = random.Random(7)
DAYS = [(date(1940, 1, 1) + timedelta(days=DICE.randrange(28_000))).strftime("%d/%m/%Y") for _ in range(60)]
CEDULAS = [f"{DICE.randrange(1, 8)}-{DICE.randrange(100, 999):04d}-{DICE.randrange(100, 999):04d}" for _ in range(60)]
PAY = [str(DICE.randrange(100_000, 900_000)) for _ in range(60)]
NAMES = [f"Nombre{chr(65 + place % 26)}{chr(97 + place // 26)} Mora".replace("Nombre", "Ana") for place in range(60)]
SEX = ["F", "M", "M"] * 20
STATUS = ["asalariado", "cuenta propia", "patrono"] * 20


def guessed(columns: dict[str, list[str]]) -> Mapping:
    return guess_mapping(sheet_of(columns), SPECS, SETTING)


def fields_by_column(mapping: Mapping) -> dict[str, tuple[str, ...]]:
    return {name: rule.columns for name, rule in mapping.rules.items()}


HEADERS = [
    ("es", ["Cédula", "Nombre completo", "Fecha de nacimiento", "Género", "Situación laboral", "Salario mensual"]),
    ("es", ["N° de identificación", "APELLIDOS Y NOMBRE", "F. Nac.", "sexo", "Condición laboral", "Sueldo"]),
    ("en", ["ID number", "Full name", "Date of birth", "Gender", "Employment status", "Monthly pay"]),
    ("fr", ["Numéro d'identité", "Nom et prénom", "Date de naissance", "Sexe", "Situation professionnelle", "Salaire"]),
    ("pt", ["CPF", "Nome completo", "Data de nascimento", "Sexo", "Posição na ocupação", "Salário mensal"]),
    ("typos", ["Cedula identida", "Nombre Completo", "Fecha nacimento", "Sexo:", "Situacion laborl", "Salario mensul"]),
]


@pytest.mark.parametrize(("language", "headers"), HEADERS)
def test_names_in_several_languages(language: str, headers: list[str]) -> None:
    mapping = guessed(dict(zip(headers, [CEDULAS, NAMES, DAYS, SEX, STATUS, PAY], strict=True)))
    fields = ["national_id", "full_name", "birth_date", "sex", "employment_status", "monthly_earnings"]
    assert fields_by_column(mapping) == {name: (header,) for name, header in zip(fields, headers, strict=True)}
    if language != "typos":
        assert all(rule.confidence >= SURE for rule in mapping.rules.values())


def test_contents_speak_where_names_say_nothing() -> None:
    mapping = guessed({"A": CEDULAS, "B": DAYS, "C": SEX, "D": PAY, "E": NAMES})
    assert fields_by_column(mapping) == {"national_id": ("A",), "birth_date": ("B",), "sex": ("C",)}
    assert {rule.reason.code for rule in mapping.rules.values() if rule.reason} == {
        "content_identifiers",
        "content_births",
        "content_sex",
    }
    assert unsure(mapping) == tuple(mapping.rules.values())
    assert mapping.ignore == ("D", "E")


def test_contents_refute_a_name() -> None:
    mapping = guessed({"Fecha de nacimiento": PAY, "Salario": DAYS, "Nombre completo": ["sí", "no"] * 30})
    assert "monthly_earnings" not in mapping.rules
    assert "full_name" not in mapping.rules
    assert mapping.rules["birth_date"].columns == ("Salario",)


def test_check_digits_tell_a_cuil_from_other_numbers() -> None:
    good = ["20-05536168-2", "27-14555888-7", "20-08490848-8", "20-12345678-6", "27-23456789-3"]
    valid = [number for number in good if _is_cuil(number)]
    sheet = sheet_of({"x": valid * 1, "y": [number[:-1] + "0" for number in valid]})
    mapping = guess_mapping(sheet, SPECS, ARGENTINA)
    assert fields_by_column(mapping) == {"national_id": ("x",)}


def _is_cuil(number: str) -> bool:
    from stdnum.ar import cuit

    return bool(cuit.is_valid(number)) and not cuit.is_valid(number[:-1] + "0")


def test_surnames_in_two_columns() -> None:
    columns = {"Primer apellido": NAMES, "SEGUNDO APELLIDO": NAMES, "Nombre": NAMES}
    mapping = guessed(columns)
    assert mapping.rules["surname"].columns == ("Primer apellido", "SEGUNDO APELLIDO")
    assert mapping.rules["given_names"].columns == ("Nombre",)


def test_one_income_feeds_pay_and_net_income() -> None:
    mapping = guessed({"Ingreso mensual": PAY})
    assert fields_by_column(mapping) == {
        "monthly_earnings": ("Ingreso mensual",),
        "monthly_net_income": ("Ingreso mensual",),
    }
    exact = guessed({"Salario mensual": PAY, "Ingreso neto": PAY, "Ingresos": PAY})
    assert exact.ignore == ("Ingresos",)


def test_one_column_for_one_field_and_empty_columns_for_none() -> None:
    mapping = guessed({"Teléfono": ["8888-8888"] * 5, "Celular": ["8888-8888"] * 5, "Sexo": [""] * 5})
    assert fields_by_column(mapping) == {"phone": ("Teléfono",)}
    assert mapping.ignore == ("Celular", "Sexo")


def test_a_guess_is_shown_as_a_mapping_file() -> None:
    mapping = guessed({"Cédula": CEDULAS, "B": DAYS})
    text = dump_mapping(mapping, language="en")
    assert "# 100 %: it is called «Cédula»" in text
    assert "100 % of its cells are dates on which a person alive can be born" in text
    assert parse_mapping(text) == mapping


def test_a_sheet_of_nothing_known() -> None:
    assert guessed({"foo": ["1", "2"], "bar": ["x", "y"]}).rules == {}
