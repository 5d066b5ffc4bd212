"""The forms of pack files: the published JSON Schemas are those forms, and both refuse the same wrong examples."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ayni.packs import schema
from ayni.packs.files import PACKS_FOLDER, available_packs
from ayni.packs.forms import Document
from ayni.packs.problems import Problems, Where
from ayni.packs.yaml_reader import parse_yaml, plain, read_yaml

PARAMETERS, VARIABLES = schema.PARAMETER_FILE, schema.VARIABLE_FILE
SCHEMES, CASES = schema.SCHEME_FILE, schema.CASE_FILE
BY_FOLDER = {
    "parameters": PARAMETERS,
    "variables": VARIABLES,
    "schemes": SCHEMES,
    "locale": schema.LOCALE_FILE,
    "cases": CASES,
}


def documents_of(folder: Path) -> Iterator[tuple[Path, Document]]:
    yield folder / "pack.yaml", schema.PACK
    yield folder / "sources.yaml", schema.SOURCE_FILE
    for name, document in BY_FOLDER.items():
        for path in sorted((folder / name).glob("*.yaml")):
            yield path, document


SHIPPED = [pair for code in available_packs() for pair in documents_of(PACKS_FOLDER / code.lower())]


def problems_of(tree: Any, document: Document) -> Problems:
    problems = Problems()
    document.form.check(tree, Where("file.yaml", 1), problems)
    return problems


def refused_by_schema(document: Document, tree: Any, code: str) -> bool:
    """True where the JSON Schema has something against the example besides the keys that it leaves out."""
    errors = jsonschema.Draft202012Validator(document.json_schema()).iter_errors(plain(tree))
    return any(code == "pack.missing_key" or error.validator != "required" for error in errors)


@pytest.mark.parametrize("document", schema.DOCUMENTS, ids=lambda document: document.name)
def test_published_schemas_are_current(document: Document) -> None:
    published = (schema.SCHEMAS_FOLDER / f"{document.name}.json").read_text(encoding="utf-8")
    assert published == schema.schema_text(document), "write them again: ayni.packs.schema.write_schemas()"
    jsonschema.Draft202012Validator.check_schema(json.loads(published))


def test_schemas_are_written_to_a_folder(tmp_path: Path) -> None:
    written = schema.write_schemas(tmp_path / "schemas")
    assert [path.name for path in written] == [f"{document.name}.json" for document in schema.DOCUMENTS]


@pytest.mark.parametrize(("path", "document"), SHIPPED, ids=lambda value: getattr(value, "name", None))
def test_shipped_files_validate(path: Path, document: Document) -> None:
    tree = read_yaml(path)
    errors = list(jsonschema.Draft202012Validator(document.json_schema()).iter_errors(plain(tree)))
    assert not errors, errors[0]
    assert not problems_of(tree, document).errors


WRONG = [
    (schema.PACK, "country: Costa Rica", "pack.bad_text", "country"),
    (schema.PACK, "currency: 5", "pack.wrong_type", "currency"),
    (schema.PACK, "languages: en", "pack.wrong_type", "languages"),
    (schema.PACK, "languages: []", "pack.too_few", "languages"),
    (schema.PACK, "curency: CRC", "pack.unknown_key", "curency"),
    (schema.PACK, "name: {english: Costa Rica}", "pack.bad_key", "name.english"),
    (schema.PACK, "version: 2026.11", "pack.wrong_type", "version"),
    (schema.PACK, "inputs: {age: {type: interger}}", "pack.not_in_list", "inputs.age.type"),
    (schema.SOURCE_FILE, "S1: {title: x, url: null}", "pack.missing_key", "S1"),
    (schema.SOURCE_FILE, "S1: {title: '', url: null, date: null}", "pack.empty_text", "S1.title"),
    (schema.SOURCE_FILE, "S1: {title: x, url: null, date: '12 May'}", "pack.bad_text", "S1.date"),
    (PARAMETERS, "parameters: {Base: {}}", "pack.bad_key", "parameters.Base"),
    (PARAMETERS, "parameters: {base: {unit: colones}}", "pack.bad_unit", "parameters.base.unit"),
    (PARAMETERS, "parameters: {b: {values: {soon: {value: 1}}}}", "pack.bad_key", "parameters.b.values.soon"),
    (PARAMETERS, "tables: {t: {keys: {k: {band: true}}}}", "pack.exactly_one_key", "tables.t.keys.k"),
    (VARIABLES, "variables: {v: {formula: 1, formulas: {2026-01-01: 2}}}", "pack.exactly_one_key", "variables.v"),
    (VARIABLES, "variables: {v: {formula: [1]}}", "pack.wrong_type", "variables.v.formula"),
    (VARIABLES, "variables: {v: {formula: x, confidence: certain}}", "pack.not_in_list", "variables.v.confidence"),
    (SCHEMES, "branches: [old_ege]", "pack.not_in_list", "branches.1"),
    (SCHEMES, "contributions: [{payer: employr}]", "pack.not_in_list", "contributions.1.payer"),
    (SCHEMES, "in_force: soon", "pack.wrong_type", "in_force"),
    (schema.LOCALE_FILE, "inputs: {age: 5}", "pack.wrong_type", "inputs.age"),
    (CASES, "cases: []", "pack.too_few", "cases"),
    (CASES, "cases: [{expect: {a: {'x y': 1}}}]", "pack.bad_key", "cases.1.expect.a.x y"),
    (CASES, "just words", "pack.wrong_type", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("document", "text", "code", "key"), WRONG, ids=lambda value: value if isinstance(value, str) else None
)
def test_wrong_examples_are_refused_twice(document: Document, text: str, code: str, key: str | None) -> None:
    tree = parse_yaml(text, "file.yaml")
    found = [error for error in problems_of(tree, document).errors if error.code == code]
    assert [error.location.key for error in found if error.location is not None] == [key]
    assert refused_by_schema(document, tree, code)


def test_the_word_meant_is_suggested() -> None:
    tree = parse_yaml("curency: CRC\nlanguages: [en]", "file.yaml")
    (unknown,) = [error for error in problems_of(tree, schema.PACK).errors if error.code == "pack.unknown_key"]
    assert unknown.action == "write `currency`"
    assert str(unknown.location) == "file.yaml:1 (curency)"


def test_a_comma_that_splits_a_text_is_explained() -> None:
    tree = parse_yaml("name: {en: the first half, and the second half}", "file.yaml")
    (bad,) = [error for error in problems_of(tree, schema.PACK).errors if error.code == "pack.bad_key"]
    assert bad.action == "put quotes around the text before it: it holds a comma"


def test_problems_are_cut_off() -> None:
    lines = "\n".join(f"k{number}: 1" for number in range(2000))
    assert len(problems_of(parse_yaml(lines, "file.yaml"), schema.PACK).errors) == 500
