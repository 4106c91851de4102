"""What a piece of work costs the process that does it: seconds, and the most memory it held."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time


def measured(run: Callable[[], None]) -> dict[str, float]:
    """Seconds of CPU and by the clock, and the peak of this process so far in megabytes.

    Work that one thread does takes as many seconds of each on an idle machine; on a busy one only the CPU's can be
    compared.
    """
    clock, cpu = perf_counter(), process_time()
    run()
    spent, worked = perf_counter() - clock, process_time() - cpu
    return {"seconds": worked, "clock": spent, "megabytes": peak_megabytes()}


def peak_megabytes() -> float:
    """The most memory this program held. Not ``getrusage``: that one remembers the process that started this one."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
