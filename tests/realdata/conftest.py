"""Where the survey is; `shared` of tests/conftest.py finds the folder, and skips where it is absent."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def survey_path(shared: Path) -> Path:
    """The Argentine labour force survey: 2,000 persons, original codes."""
    path = shared / "data" / "eph_2016_q2_persons.csv"
    if not path.is_file():
        pytest.skip(f"realdata: {path} is not there")
    return path
