"""How long the embedded PostgreSQL takes to be made, to start, to be joined, and to stop."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from machine import describe

from ayni.core.postgres import EmbeddedServer, connect, temporary_server


def main() -> None:
    """Print the best of several runs of each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    print(describe())
    best: dict[str, float] = {}
    for _ in range(runs):
        for step, seconds in one_run().items():
            best[step] = min(seconds, best.get(step, seconds))
    for step, seconds in best.items():
        print(f"{step:<42} {seconds:6.3f} s")


def one_run() -> dict[str, float]:
    """Seconds of each step, in a folder of its own."""
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="ayni-bench-") as place:
        Path(place).chmod(0o755)
        server = EmbeddedServer(Path(place) / "db")
        steps = {
            "made and started for the first time": server.start,
            "joined while it runs": server.start,
            "stopped": server.stop,
            "started again": server.start,
            "connected": lambda: connect(server.dsn()).close(),
        }
        for name, step in steps.items():
            begin = time.perf_counter()
            step()
            seconds[name] = time.perf_counter() - begin
        server.stop()
    begin = time.perf_counter()
    with temporary_server():
        pass
    seconds["temporary server for a test, and gone again"] = time.perf_counter() - begin
    return seconds


if __name__ == "__main__":
    main()
