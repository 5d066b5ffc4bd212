"""Starting a pack: what `ayni pack new` writes loads, checks and passes its own cases, in any language and currency."""

from __future__ import annotations

from pathlib import Path

import pytest

from ayni.core.errors import AyniError
from ayni.packs.cases import run_pack_cases
from ayni.packs.check import Severity, check_folder
from ayni.packs.loader import load_pack
from ayni.packs.new import write_skeleton
from tests.unit.packs.conftest import TODAY


@pytest.mark.parametrize(
    ("country", "languages", "currency", "decimals"),
    [("PH", ("en",), "PHP", 2), ("es", ("es",), "EUR", 2), ("JP", ("en", "es"), "JPY", 0), ("EU", ("en",), "EUR", 2)],
)
def test_a_skeleton_is_a_pack(
    tmp_path: Path, country: str, languages: tuple[str, ...], currency: str, decimals: int
) -> None:
    skeleton = write_skeleton(country, tmp_path / "new", languages, None, TODAY)
    pack = load_pack(skeleton.folder)
    assert (pack.country, pack.currency, pack.currency_decimals) == (country.upper(), currency, decimals)
    assert pack.languages == languages
    assert not [one for one in check_folder(skeleton.folder, TODAY) if one.severity is not Severity.INFO]
    report = run_pack_cases(pack, "reference")
    assert (report.total, report.failed) == (2, ())


def test_another_language_starts_with_english_words(tmp_path: Path) -> None:
    pack = load_pack(write_skeleton("SN", tmp_path / "sn", ("fr",), "XOF", TODAY).folder)
    assert pack.name == {"fr": "Sénégal"}
    assert pack.schemes["example"].for_whom == {"fr": "Employees"}


@pytest.mark.parametrize(
    ("country", "language", "currency", "code"),
    [
        ("XQ", "en", None, "pack.no_such_country"),
        ("uruguay", "en", None, "pack.no_such_country"),
        ("UY", "spanisch", None, "pack.no_such_language"),
        ("UY", "en", "PESO", "pack.no_such_currency"),
        ("AQ", "en", None, "pack.no_currency"),
    ],
)
def test_what_does_not_exist(tmp_path: Path, country: str, language: str, currency: str | None, code: str) -> None:
    with pytest.raises(AyniError) as caught:
        write_skeleton(country, tmp_path / "new", (language,), currency, TODAY)
    assert (caught.value.code, caught.value.exit_code) == (code, 2)
    assert not (tmp_path / "new").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("mine")
    with pytest.raises(AyniError) as caught:
        write_skeleton("UY", tmp_path, ("en",), None, TODAY)
    assert caught.value.code == "pack.folder_not_empty"
    assert (tmp_path / "pack.yaml").read_text() == "mine"
