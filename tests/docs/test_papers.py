"""The papers at the top: changelog, description for catalogues, licence, locked requirements."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.docs.tree import REPOSITORY, name

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
READERS = ["Law and packs", "Users", "Operators", "Developers"]
LOCKED = sorted((REPOSITORY / "requirements").glob("*.txt"))
# Those words of the standard's list that may fit Ayni.
CATEGORIES = {"compliance-management", "data-analytics", "data-visualization", "financial-reporting"}
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def pins(file: Path) -> Iterator[tuple[str, str]]:
    """Name and version of each package that a locked file names."""
    for package, version in PIN.findall(file.read_text("utf-8")):
        yield canonicalize_name(package), version


def wanted(extra: str | None) -> Iterator[Requirement]:
    """The requirements of an extra and of all that it contains."""
    yield from map(Requirement, PROJECT["dependencies"])
    if extra is None:
        return
    for requirement in map(Requirement, PROJECT["optional-dependencies"][extra]):
        if requirement.name == PROJECT["name"]:
            for inner in requirement.extras:
                yield from wanted(inner)
        else:
            yield requirement


def test_changelog_is_for_its_readers() -> None:
    text = (REPOSITORY / "CHANGELOG.md").read_text("utf-8")
    versions = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert versions[0].startswith(PROJECT["version"]), "the newest entry is that of this version"
    for entry in versions:
        groups = re.split(r"^### ", entry, flags=re.MULTILINE)[1:]
        titles = [group.splitlines()[0] for group in groups]
        assert titles, f"version {entry.split()[0]} says nothing"
        assert titles == [reader for reader in READERS if reader in titles], f"groups of {entry.split()[0]}: {titles}"
        assert all(re.search(r"^- ", group, re.MULTILINE) for group in groups), "a group without an entry"


def test_public_description_is_valid() -> None:
    """As far as the standard publiccode.yml 0.4 can be checked here: required keys, closed lists, lengths."""
    data = yaml.safe_load((REPOSITORY / "publiccode.yml").read_text("utf-8"))
    required = {"publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description"}
    assert required | {"legal", "maintenance", "localisation"} <= data.keys()
    assert data["softwareVersion"] == PROJECT["version"]
    assert data["legal"]["license"] == PROJECT["license"]
    assert set(data["categories"]) <= CATEGORIES
    assert data["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert data["maintenance"]["type"] in {"internal", "community"}
    assert all(contact["name"] for contact in data["maintenance"]["contacts"])
    assert data["localisation"]["localisationReady"] in {True, False}
    for words in data["description"].values():
        assert len(words["genericName"]) <= 35
        assert len(words["shortDescription"]) <= 150
        assert 150 <= len(words["longDescription"]) <= 10_000
        assert words["features"]


def test_licence_is_whole() -> None:
    text = (REPOSITORY / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


@pytest.mark.parametrize("file", LOCKED, ids=name)
def test_locked_requirements_are_hashed_and_name_no_place(file: Path) -> None:
    text = file.read_text("utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert blocks
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"://|--(?:extra-)?index|--find-links|^/|\s/", text, re.MULTILINE)


@pytest.mark.parametrize(("extra", "file"), [(None, "base.txt"), ("server", "server.txt"), ("dev", "dev.txt")])
def test_locked_requirements_fit_the_project(extra: str | None, file: str) -> None:
    locked = dict(pins(REPOSITORY / "requirements" / file))
    for requirement in wanted(extra):
        version = locked.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not locked in {file}: run `make lock`"
        assert requirement.specifier.contains(version, prereleases=True), (
            f"{requirement} but {version}: run `make lock`"
        )


def test_one_version_of_each_package() -> None:
    versions: dict[str, set[str]] = {}
    for file in LOCKED:
        for package, version in pins(file):
            versions.setdefault(package, set()).add(version)
    assert not {package: found for package, found in versions.items() if len(found) > 1}
