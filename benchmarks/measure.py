"""Measuring: the best of several runs, each in a process of its own, with the most memory that it held.

The best run is the one that the rest of the machine disturbed least. A process of its own gives memory a meaning and
keeps one side of a comparison from warming the other's caches; the files that both read are warmed for both.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent

# A run that wants more than any budget allows is ended before it takes the machine's other work along.
MEMORY_GIB_MAX = 8


class RunFailed(Exception):
    """A measured process did not come to its end."""


@dataclass(frozen=True)
class Measurement:
    """Seconds of the best run and of all runs, processor seconds of the thriftiest run (all threads together), the most
    memory of any in bytes, and what the last run returned.

    On a machine that is busy with other things the processor seconds are the figure to trust.
    """

    best_s: float
    all_s: tuple[float, ...]
    cpu_s: float
    peak_bytes: int
    result: Any

    @property
    def peak_gib(self) -> float:
        return self.peak_bytes / 2**30


def best_of(runs: int, function: Callable[[], Any]) -> Measurement:
    """Run in this process. The memory is that of the process so far, not of the function alone."""
    seconds: list[float] = []
    processor: list[float] = []
    result: Any = None
    for _ in range(runs):
        begin, begin_cpu = time.perf_counter(), time.process_time()
        result = function()
        seconds.append(time.perf_counter() - begin)
        processor.append(time.process_time() - begin_cpu)
    return Measurement(min(seconds), tuple(seconds), min(processor), peak_bytes(), result)


def best_of_processes(runs: int, function: str, *arguments: Any) -> Measurement:
    """Run `module:function` of this folder in fresh processes; arguments and result travel as JSON.

    The function either returns its result, and is timed whole, or returns what `timed` gives when only a part of it
    matters (imports and preparations left out).
    """
    return combine([run_in_process(function, *arguments) for _ in range(runs)])


def run_in_process(function: str, *arguments: Any) -> Measurement:
    """One run in a fresh process, which may hold no more than `MEMORY_GIB_MAX`. Raises RunFailed."""
    code = "import measure; measure.child()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])}
    process = subprocess.run(
        [sys.executable, "-c", code, function, json.dumps(arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if process.returncode != 0:
        raise RunFailed(f"{function} ended with code {process.returncode}")
    answer = json.loads(process.stdout.splitlines()[-1])
    return Measurement(answer["seconds"], (answer["seconds"],), answer["cpu"], answer["peak"], answer["result"])


def combine(runs: Sequence[Measurement]) -> Measurement:
    """Several runs of the same thing as one measurement."""
    seconds = tuple(second for run in runs for second in run.all_s)
    thriftiest = min(run.cpu_s for run in runs)
    return Measurement(min(seconds), seconds, thriftiest, max(run.peak_bytes for run in runs), runs[-1].result)


def alternate(runs: int, *sides: tuple[str, Sequence[Any]]) -> list[Measurement | None]:
    """Measure several sides in turns, so that a slow minute of the machine hits all of them alike.

    A side that fails is told on standard error, left out from then on, and None in the result.
    """
    done: list[list[Measurement]] = [[] for _ in sides]
    failed: set[int] = set()
    for _ in range(runs):
        for position, (function, arguments) in enumerate(sides):
            if position in failed:
                continue
            try:
                done[position].append(run_in_process(function, *arguments))
            except RunFailed as failure:
                print(f"FAILED   {failure}", file=sys.stderr)
                failed.add(position)
    return [None if position in failed else combine(measured) for position, measured in enumerate(done)]


def peak_bytes() -> int:
    """The most memory this process held. Linux counts it from the start of the program, not of its parent."""
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def timed(function: Callable[[], Any], result: Any = None) -> dict[str, Any]:
    """Run the part that matters and say how long it took; `result` goes along."""
    begin, begin_cpu = time.perf_counter(), time.process_time()
    function()
    return {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - begin_cpu, "result": result}


def child() -> None:
    """The other side of `run_in_process`."""
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_GIB_MAX * 2**30, MEMORY_GIB_MAX * 2**30))
    module_name, function_name = sys.argv[1].split(":")
    function = getattr(__import__(module_name), function_name)
    arguments = json.loads(sys.argv[2])
    result: Any = None

    def whole() -> None:
        nonlocal result
        result = function(*arguments)

    answer = timed(whole)
    answer["result"] = result
    if isinstance(result, dict) and {"seconds", "cpu"} <= set(result):
        answer = result
    print(json.dumps({**answer, "peak": peak_bytes()}))
