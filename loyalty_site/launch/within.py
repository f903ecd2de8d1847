"""What runs with servers of its own and ends: the tests, the checks, the benchmarks; and Django's commands."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from loyalty_site.launch import checks, commands, layout, postgres, servers
from loyalty_site.launch.interrupts import Interrupted, Signals
from loyalty_site.launch.layout import Layout
from loyalty_site.launch.problems import Problem
from loyalty_site.launch.processes import Household
from loyalty_site.launch.progress import Step, say

TEST_MEGABYTES = 500
MOST_TESTERS = 4
BENCH_MEGABYTES = 2_000


def test(here: Layout, signals: Signals, arguments: list[str]) -> int:
    """`make test`: everything, or what the arguments choose, on a PostgreSQL and a Valkey of its own.

    Everything is shared by as many processes as there are cores, up to four, each with a PostgreSQL of its own.
    """
    with contextlib.ExitStack() as stack:
        environment = stack.enter_context(_servers(here, signals, postgres.CARELESS, TEST_MEGABYTES))
        chosen = arguments
        if not arguments:
            urls = [environment["DATABASE_URL"]]
            for _tester in range(1, min(MOST_TESTERS, os.cpu_count() or 1)):
                more = stack.enter_context(_servers(here, signals, postgres.CARELESS, TEST_MEGABYTES))
                urls.append(more["DATABASE_URL"])
            environment["TEST_SERVERS"] = " ".join(urls)
            chosen = ["-n", str(len(urls)), "--dist", "worksteal", "-p", "tests.own_server"]
        return _attached([sys.executable, "-m", "pytest", "-rs", *chosen], here.root, environment)


def bench(here: Layout, signals: Signals, arguments: list[str]) -> int:
    """`make bench`: the measurements, on servers that keep their promises, unlike those of the tests."""
    with _servers(here, signals, postgres.ROOMY, BENCH_MEGABYTES) as environment:
        return _attached([sys.executable, "-m", "bench", *arguments], here.root, environment)


def check(here: Layout, signals: Signals, arguments: list[str]) -> int:
    """`make check`: all that can be judged without running a test. Every check runs, also after one that failed."""
    failed = []
    with _servers(here, signals, postgres.CARELESS, TEST_MEGABYTES) as environment:
        for each in checks.CHECKS:
            try:
                with Step(each.label) as step:
                    env = {**environment, **(checks.PRODUCTION if each.in_production else {})}
                    command = [sys.executable, *each.arguments]
                    commands.run(command, log=here.logs / "check.log", step=step, cwd=here.root, env=env, lines=60)
            except commands.Failed as failure:
                failed.append(each.label)
                say(failure.tail)
    say(f"\n  {len(checks.CHECKS) - len(failed)} of {len(checks.CHECKS)} checks passed." + _list(failed))
    return 1 if failed else 0


def _list(failed: list[str]) -> str:
    return f" Failed: {', '.join(failed)}." if failed else ""


def manage(here: Layout, signals: Signals, arguments: list[str]) -> int:
    """`make manage`: a command of Django on the site that is running from this folder."""
    if not here.environment.exists():
        raise Problem("This works on a running site. Start it first, in another terminal: make run")
    environment = {**os.environ, **json.loads(here.environment.read_text())}
    return _attached([sys.executable, str(here.root / "manage.py"), *arguments], here.root, environment)


@contextlib.contextmanager
def _servers(here: Layout, signals: Signals, settings: Mapping[str, str], megabytes: int) -> Iterator[dict[str, str]]:
    """An environment with a database and a broker that vanish afterwards."""
    parent = layout.temporary_parent()
    layout.require_space(parent, megabytes, "a temporary database")
    folder = Path(tempfile.mkdtemp(prefix="changke-test-", dir=parent))
    try:
        with Household(folder / "processes.json", _log_folder(folder), signals) as household:
            found = servers.throwaway(folder, household, settings)
            yield {
                **os.environ,
                "SECRET_KEY": "only-for-tests",
                "DEBUG": "true",
                "DATA_DIR": str(folder / "data"),
                "DATABASE_URL": found.database_url,
                "REDIS_URL": found.redis_url,
            }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _log_folder(folder: Path) -> Path:
    logs = folder / "log"
    logs.mkdir()
    return logs


def _attached(command: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> int:
    """Run a program on our own terminal to its end. It sees Ctrl-C itself, and gets a moment to say what it knows."""
    with subprocess.Popen(command, cwd=cwd, env=environment) as process:
        try:
            return process.wait()
        except Interrupted:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
            process.terminate()
            raise
