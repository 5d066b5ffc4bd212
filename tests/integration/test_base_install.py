"""A base installation is enough: with every package hidden that only an extra brings, Ayni can still be imported."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = """
import importlib.metadata, re, sys
base = set(sys.argv[1].split())
normal = lambda name: re.sub("[-_.]+", "-", name).lower()
hidden = {
    module for module, owners in importlib.metadata.packages_distributions().items()
    if not {normal(owner) for owner in owners} & base
}
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"hidden, since a base installation lacks it: {name}", name=name)
sys.meta_path.insert(0, Hide())
assert "pytest" in hidden and "psycopg" in hidden
for module in sys.argv[2:]:
    __import__(module)
"""


@pytest.mark.parametrize(
    "module", ["ayni", "ayni.cli.main", "ayni.roster", "ayni.packs", "ayni.rules", "ayni.core.postgres"]
)
def test_base_install_is_enough(repository: Path, module: str) -> None:
    locked = (repository / "requirements" / "base.txt").read_text("utf-8")
    base = {re.sub("[-_.]+", "-", name).lower() for name in re.findall(r"^([A-Za-z0-9._-]+)==", locked, re.MULTILINE)}
    outcome = subprocess.run(
        [sys.executable, "-c", PROBE, " ".join({*base, "ayni"}), module], capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stderr
