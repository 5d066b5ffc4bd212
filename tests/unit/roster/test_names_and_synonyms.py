"""Words made comparable, and what the words of several languages mean."""

from __future__ import annotations

import pytest

from ayni.roster import synonyms
from ayni.roster.catalogue import in_language
from ayni.roster.fields import COVERS, RELATIONSHIPS, FieldSpec, FieldType, all_fields
from ayni.roster.names import code_key, fold, key_words, likeness, nearest
from ayni.roster.yaml_text import read_package_yaml
from tests.unit.roster.making import SPECS

FOLDED = [
    ("Cédula  N.°:", "cedula n"),
    ("  FECHA_DE-NACIMIENTO ", "fecha de nacimiento"),
    ("asociado(a)", "asociado"),
    ("hijo/a", "hijo"),
    ("M/F", "m f"),
    ("Ångström", "angstrom"),
    ("", ""),
]
CODES = [
    (" 1 ", "1"),
    ("1.0", "1"),
    ("1,00", "1"),
    ("-9", "-9"),
    ("01", "01"),
    ("1.5", "1 5"),
    ("Sí", "si"),
    ("✓", "✓"),
]


@pytest.mark.parametrize(("text", "folded"), FOLDED)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(("text", "key"), CODES)
def test_code_key(text: str, key: str) -> None:
    assert code_key(text) == key


def test_small_words_and_joined_words() -> None:
    assert key_words("Fecha de Nacimiento") == key_words("FechaNacimiento") == ("fecha", "nacimiento")
    assert key_words("Nº de socio") == key_words("número socio")
    assert key_words("de la") == ("de", "la")


@pytest.mark.parametrize(
    ("name", "synonym", "low", "high"),
    [
        ("Fecha Nacimiento", "fecha de nacimiento", 1.0, 1.0),
        ("Nacimiento (fecha)", "fecha de nacimiento", 0.95, 0.95),
        ("Fecha de nacimiento (dd/mm/aaaa)", "fecha de nacimiento", 0.5, 0.8),
        ("Fecha de nacimento", "fecha de nacimiento", 0.8, 0.9),
        ("Telefono", "fecha de nacimiento", 0.0, 0.0),
        ("", "sexo", 0.0, 0.0),
    ],
)
def test_likeness(name: str, synonym: str, low: float, high: float) -> None:
    assert low <= likeness(name, synonym) <= high


def test_nearest() -> None:
    assert nearest("monthly_earning", SPECS) == "monthly_earnings"
    assert nearest("zzz", SPECS) is None


def values(name: str, *words: str) -> dict[str, str]:
    return synonyms.value_words(SPECS[name]).reading(words)


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        (("M", "F"), {"M": "male", "F": "female"}),
        (("m.", "f."), {"m.": "male", "f.": "female"}),
        (("H", "M"), {"H": "male", "M": "female"}),
        (("Varón", "M"), {"Varón": "male", "M": "female"}),
        (("M", "F", "H"), {"F": "female", "H": "male"}),
        (("M",), {}),
        (("Hombre", "MUJER"), {"Hombre": "male", "MUJER": "female"}),
        (("masculino", "Femenina"), {"masculino": "male", "Femenina": "female"}),
        (("1", "2"), {}),
    ],
)
def test_sex(words: tuple[str, ...], meaning: dict[str, str]) -> None:
    assert values("sex", *words) == meaning


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Asociado(a)", "cooperative_member"),
        ("patrono", "employer"),
        ("Trabajador independiente", "own_account_worker"),
        ("Cuenta propia", "own_account_worker"),
        ("autónomo", "own_account_worker"),
        ("ASALARIADA", "employee"),
        ("em relação de nada", None),
        ("salarié", "employee"),
        ("own_account_worker", "own_account_worker"),
        ("Ama de casa", "inactive"),
    ],
)
def test_employment_status(word: str, status: str | None) -> None:
    assert values("employment_status", word).get(word) == status


@pytest.mark.parametrize("word", ["Sí", "si", "X", "1", "1.0", "VERDADERO", "oui", "sim", "✓", "true"])
def test_yes(word: str) -> None:
    assert values("is_full_time", word) == {word: "true"}


@pytest.mark.parametrize("word", ["No", "n", "0", "FALSO", "não", "non", "parcial"])
def test_no(word: str) -> None:
    assert values("is_full_time", word) == {word: "false"}


def test_minus_one_is_no_yes() -> None:
    assert values("is_full_time", "-1") == {}


def test_words_of_the_caller_win() -> None:
    spec = FieldSpec(
        "employment_status", FieldType.ENUM, ("employee", "employer"), value_words={"employer": {"es": "asalariado"}}
    )
    assert synonyms.value_words(spec).reading(["asalariado"]) == {"asalariado": "employer"}


# --- the data file itself --------------------------------------------------------------------------------------------


def test_every_field_has_words_in_four_languages() -> None:
    for name, words in read_package_yaml("synonyms.yaml")["fields"].items():
        assert {"en", "es", "fr", "pt"} <= set(words), name
        assert all(words.values()), name


def test_no_name_means_two_fields() -> None:
    seen: dict[tuple[str, ...], str] = {}
    for name, words in read_package_yaml("synonyms.yaml")["fields"].items():
        for word in [word for listed in words.values() for word in listed]:
            assert seen.setdefault(key_words(word), name) == name, word


def test_no_word_means_two_values() -> None:
    content = read_package_yaml("synonyms.yaml")
    for name, by_value in {**content["values"], "booleans": content["booleans"]}.items():
        seen: dict[str, str] = {}
        for value, words in by_value.items():
            for word in words:
                assert seen.setdefault(code_key(word), value) == value, (name, word)


def test_values_are_those_of_the_fields() -> None:
    content = read_package_yaml("synonyms.yaml")["values"]
    assert set(content["relationship_to_head"]) == set(RELATIONSHIPS)
    assert set(content["current_cover"]) == set(COVERS)


def test_fields_of_the_caller_keep_the_words_of_identity() -> None:
    given = FieldSpec("sex", FieldType.ENUM, ("female", "male", "other"), words={"fr": "sexe"})
    specs = all_fields([given])
    assert specs["sex"].enum_values == ("female", "male", "other")
    assert specs["sex"].word("es-CR") == "sexo"
    assert specs["sex"].word("fr") == "sexe"
    assert in_language({"es": "a"}, "fr") == "a"
