"""The encoding and the delimiter are found from the bytes, and can be given where they are found wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ayni.core.errors import AyniError
from ayni.roster.read import read_sheet
from ayni.roster.text_encoding import detect_delimiter, detect_encoding

TEXT = "Cédula;Apellidos;Año\r\n1;Núñez Peña;1980\r\n2;Güell Jiménez;1979\r\n3;ÁVILA CAÑAS;1990\r\n"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("latin-1", "cp1252"),
        ("cp1252", "cp1252"),
        ("cp850", "cp850"),
        ("mac-roman", "mac-roman"),
    ],
)
def test_a_spanish_list_in_any_encoding(tmp_path: Path, encoding: str, found: str) -> None:
    path = tmp_path / "socios.csv"
    path.write_bytes(TEXT.encode(encoding))
    sheet = read_sheet(path)
    assert sheet.encoding == found
    assert sheet.columns == ("Cédula", "Apellidos", "Año")
    assert sheet.cells["Apellidos"].to_list() == ["Núñez Peña", "Güell Jiménez", "ÁVILA CAÑAS"]


@pytest.mark.parametrize("text", ["Prénom;Né le\nFrançois;1\nHélène Lœuillet;2", "Nome;Situação\nJoão;1\nConceição;2"])
@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "mac-roman"])
def test_french_and_portuguese(text: str, encoding: str) -> None:
    if encoding == "cp850" and "œ" in text:
        text = text.replace("œ", "oe")
    data = text.encode(encoding)
    assert data.decode(detect_encoding(data)) == text


def test_letters_of_other_scripts_are_left_to_a_library() -> None:
    text = "Имя;Фамилия;Город\n" + "Мария;Иванова;Москва\nСергей;Кузнецов;Новосибирск\n" * 20
    assert text.encode("cp1251").decode(detect_encoding(text.encode("cp1251"))) == text


def test_a_given_encoding_wins_and_must_fit(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_bytes("a;b\nñ;1\n".encode("cp1252"))
    assert read_sheet(path, encoding="cp1252").cells.row(0) == ("ñ", "1")
    for encoding in ("utf-8", "no-such-encoding"):
        with pytest.raises(AyniError) as caught:
            read_sheet(path, encoding=encoding)
        assert caught.value.code == "roster.encoding"


def test_lost_letters_are_told(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("C\ufffddula,b\n1,2\n", encoding="utf-8")
    assert [remark.code for remark in read_sheet(path).remarks] == ["lost_letters"]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("name;pay\nAna;1.234,56\nEva;2.000,00\n", ";"),
        ("surname, name;pay\nMora, Ana;1\nSolís, Eva;2\n", ";"),
        ("a|b|c\n1|2|3\n", "|"),
        ("a\tb\n1,5\t2,5\n", "\t"),
        ('a;b\n"x,y,z";1\n', ";"),
        ("only\n1\n2\n", None),
        ("only\nMora, Ana\n", None),
    ],
)
def test_delimiters(text: str, delimiter: str | None) -> None:
    assert detect_delimiter(text) == delimiter


@given(st.binary(max_size=300))
def test_any_bytes_have_an_encoding_or_are_refused(data: bytes) -> None:
    encoding = detect_encoding(data)
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        assert encoding.startswith("utf-")
