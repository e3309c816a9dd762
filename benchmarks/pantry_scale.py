"""Time and memory of the household pantry pipeline at two sizes, the larger a million inventory rows.

What is measured: `kedro run --pipelines pantry` in a temporary copy of the project with an embedded database of its
own, from nothing: households are made up, uploaded, read back, checked, converted, watched. Five purchases for every
inventory row. A node's time reaches from the end of the node before to its own end, so it holds the loading and
saving; a stage's is the sum of its nodes, and `start` is what comes before the first node and after the last. Memory is
what the process and those below it hold (resident), plus what its PostgreSQL server holds (on Linux, pages that its
processes share are counted once), looked at five times a second; a stage's is the most in any of its nodes.

    python benchmarks/pantry_scale.py [--rows 100000 1000000] [--folder /where/there/is/space]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
ITEMS, PURCHASES = 50, 250  # of a household
STAGES = ("augmentation", "ingestion", "validation", "transformation", "monitoring")
START = "start"
FIRST = re.compile(r"Loading data from|Running node")
DONE = re.compile(r"Completed node: (\S+)")
GOAL = "Goal at a million rows: 240 s and 6.0 GB on two cores."


@dataclass
class Stage:
    seconds: float = 0.0
    memory: float = 0.0  # bytes, at most


@dataclass
class Run:
    """One size: moments of the clock, and samples of memory as (moment, bytes)."""

    began: float
    first: float | None = None  # the first node
    ended: float = 0.0
    nodes: list[tuple[str, float]] = field(default_factory=list)  # name, moment of its end
    samples: list[tuple[float, float]] = field(default_factory=list)

    def by_stage(self, stage_of: Mapping[str, str]) -> dict[str, Stage]:
        """`stage_of` names a node's stage."""
        stages = {name: Stage() for name in (START, *STAGES)}
        first = self.first if self.first is not None else self.ended
        spans, since = [(START, self.began, first)], first
        for node, end in self.nodes:
            spans.append((stage_of[node], since, end))
            since = end
        spans.append((START, since, self.ended))
        for name, begin, end in spans:
            stages[name].seconds += end - begin
            held = [memory for moment, memory in self.samples if begin <= moment <= end]
            stages[name].memory = max([stages[name].memory, *held])
        return stages

    @property
    def whole(self) -> Stage:
        return Stage(self.ended - self.began, max((memory for _, memory in self.samples), default=0.0))


def stages_of_nodes() -> dict[str, str]:
    sys.path.insert(0, str(ROOT / "src"))  # of the checkout, wherever the package is installed
    from pantrypilot.pipelines.pantry import create_pipeline

    return {node.name: next(stage for stage in STAGES if stage in node.tags) for node in create_pipeline().nodes}


def copy_project(folder: Path) -> None:
    """Conf, and the checkout's raw data by links; no setting of this machine comes along."""
    shutil.copytree(ROOT / "conf", folder / "conf", ignore=shutil.ignore_patterns("local"))
    (folder / "conf" / "local").mkdir()
    raw = folder / "data" / "01_raw"
    raw.mkdir(parents=True)
    for path in (ROOT / "data" / "01_raw").iterdir():
        if path.name != "pantry":  # the snapshots: the run makes its own
            (raw / path.name).symlink_to(path)
    for name in ("pyproject.toml", ".telemetry"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "src").mkdir()  # Kedro asks for it; the code is the checkout's, by PYTHONPATH


def servers(project: Path) -> list[psutil.Process]:
    """The PostgreSQL servers whose data lies in the project."""
    found = []
    for file in project.glob("data/*/postmaster.pid"):
        with contextlib.suppress(OSError, ValueError, psutil.Error):
            process = psutil.Process(int(file.read_text().split("\n")[0]))
            if str(file.parent.resolve()) in process.cmdline():
                found.append(process)
    return found


def memory_of(processes: Iterable[psutil.Process], shared_once: bool) -> float:
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            # what PostgreSQL's processes share would be counted by each of them
            full = process.memory_full_info() if shared_once and psutil.LINUX else process.memory_info()
            total += getattr(full, "pss", full.rss)
    return total


def watch(process: psutil.Process, project: Path, run: Run, over: threading.Event) -> None:
    while not over.wait(0.2):
        with contextlib.suppress(psutil.Error):
            below = process.children(recursive=True)
            postgres = [each for server in servers(project) for each in (server, *server.children(recursive=True))]
            ours = [each for each in (process, *below) if each not in postgres]
            run.samples.append((time.perf_counter(), memory_of(ours, False) + memory_of(postgres, True)))


def stop_servers(project: Path) -> None:
    """Nothing to do after a run that ended by itself: it stops its server."""
    for server in servers(project):
        with contextlib.suppress(psutil.Error):
            server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            server.wait(60)


def measure(rows: int, project: Path, tell: Callable[[str], None]) -> Run:
    """One run of the pipeline. Raises RuntimeError with the end of its output when it fails."""
    users = max(1, rows // ITEMS)
    sizes = {"users": users, "items": ITEMS, "purchases": PURCHASES}
    params = ",".join(f"pantry.households.{name}={value}" for name, value in sizes.items())
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"DO_NOT_TRACK": "1", "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT / "src")}
    command = [str(Path(sys.executable).with_name("kedro")), "run", "--pipelines", "pantry", "--params", params]
    run, over, lines = Run(time.perf_counter()), threading.Event(), []
    with subprocess.Popen(
        command, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        watcher = threading.Thread(target=watch, args=(psutil.Process(process.pid), project, run, over))
        watcher.start()
        try:
            for line in process.stdout or ():
                lines.append(line)
                now = time.perf_counter()
                if run.first is None and FIRST.search(line):
                    run.first = now
                if done := DONE.search(line):
                    before = run.nodes[-1][1] if run.nodes else run.first or run.began
                    run.nodes.append((done[1], now))
                    tell(f"{rows:>9,} rows  {now - run.began:>6.1f} s  {done[1]} took {now - before:.1f} s")
            process.wait()
        except BaseException:
            process.terminate()
            raise
        finally:
            over.set()
            watcher.join()
    run.ended = time.perf_counter()
    if process.returncode:
        raise RuntimeError("The run failed. Its last lines:\n" + "".join(lines[-15:]))
    return run


def table(runs: Mapping[int, Run], stage_of: Mapping[str, str]) -> str:
    sizes = sorted(runs)
    small, large = runs[sizes[0]], runs[sizes[-1]]
    lines = ["stage           " + "".join(f"{size:>14,} rows        " for size in sizes) + "     ratio"]
    parts = {size: run.by_stage(stage_of) for size, run in runs.items()}
    for name in (START, *STAGES):
        lines.append(_line(name, [parts[size][name] for size in sizes]))
    lines.append(_line("whole", [runs[size].whole for size in sizes]))
    if len(sizes) > 1:
        times, work = sizes[-1] / sizes[0], large.whole.seconds / small.whole.seconds
        lines.append(f"{times:.0f} times the rows took {work:.1f} times the time.")
    return "\n".join([*lines, GOAL])


def _line(name: str, stages: list[Stage]) -> str:
    cells = "".join(f"{stage.seconds:>12.1f} s {stage.memory / 1e9:>7.2f} GB  " for stage in stages)
    few = len(stages) < 2 or not stages[0].seconds
    return f"{name:<16}{cells}" + ("" if few else f"{stages[-1].seconds / stages[0].seconds:>8.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000], help="inventory rows")
    parser.add_argument("--folder", help="where the temporary project goes; a million rows need some gigabytes")
    given = parser.parse_args()
    # an end from outside cleans up, too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    print((__doc__ or "").split("\n    python")[0].strip(), end="\n\n")
    print(f"{os.cpu_count()} cores; load of the machine before: {os.getloadavg()[0]:.1f}")
    stage_of, runs = stages_of_nodes(), {}
    for rows in sorted(set(given.rows)):
        with tempfile.TemporaryDirectory(prefix="pantrypilot-", dir=given.folder) as folder:
            project = Path(folder).resolve() / "project"
            project.mkdir()
            copy_project(project)
            try:
                runs[rows] = measure(rows, project, lambda line: print(line, file=sys.stderr, flush=True))
            except RuntimeError as problem:
                sys.exit(str(problem))
            finally:
                stop_servers(project)
    print(table(runs, stage_of))


if __name__ == "__main__":
    main()
