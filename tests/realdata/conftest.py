"""The folder of real data: `AYNI_SHARED`, or `shared` beside the repository. Without it the tests skip, saying so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SURVEY = Path("data") / "eph_2016_q2_persons.csv"


@pytest.fixture(scope="session")
def survey_path() -> Path:
    """The Argentine labour force survey: 2,000 persons, original codes."""
    folder = Path(os.environ.get("AYNI_SHARED", REPOSITORY.parent / "shared"))
    path = folder / SURVEY
    if not path.is_file():
        pytest.skip(f"the real data are not there: no {path} (set AYNI_SHARED to the folder that holds data/)")
    return path
