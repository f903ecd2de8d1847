"""`make run`: servers, migrations, demo, web, worker and beat; then it watches them until told to stop."""

import json
import os
import secrets
import shutil
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from loyalty_site.launch import banner, commands, guard, layout, ports, problems, readiness, servers
from loyalty_site.launch.interrupts import Interrupted, Signals
from loyalty_site.launch.layout import Layout
from loyalty_site.launch.ports import Address
from loyalty_site.launch.processes import Child, Household
from loyalty_site.launch.progress import Step, say
from loyalty_site.launch.revival import Revivals
from loyalty_site.launch.servers import Servers

FIRST_RECEIPTS = 300
WATCH_SECONDS = 0.5
RUN_MEGABYTES = 100
WEB = [
    "--worker-class=gthread",
    "--workers=2",
    "--threads=4",
    "--preload",
    "--graceful-timeout=10",
    "--no-control-socket",
]


@dataclass(frozen=True)
class Prepared:
    """What `manage.py prepare` found or made."""

    has_programme: bool
    demo_unfinished: bool
    logins: str


def main(here: Layout, signals: Signals) -> int:
    """Run the site until it is told to stop. Raises Problem when something does not start or dies."""
    layout.require_space(here.data, RUN_MEGABYTES, "running")
    with guard.only_one(here) as lock:
        if left := guard.end_leftovers(here.processes):
            say(f"  A run that was killed had left {', '.join(left)} behind: stopped.")
        address = ports.choose(os.environ.get("HOST"), os.environ.get("PORT"))
        print(f", {address.url}", end="", file=lock, flush=True)
        try:
            with Household(here.processes, here.logs, signals) as household, suppress(Interrupted):
                demo = _start(here, household, address)
                _watch(here, household, demo)
        finally:
            here.environment.unlink(missing_ok=True)
            shutil.rmtree(layout.socket_folder(here.data), ignore_errors=True)
    return 0


def _start(here: Layout, household: Household, address: Address) -> Child | None:
    """Start everything and tell the person about it. Answers the process that loads the rest of the demo, if any."""
    found = servers.lasting(here, household)
    environment = _site_environment(here, address, found)
    token = secrets.token_urlsafe(16)
    worker = f"worker-{address.port}@changke"
    # Web and worker load while the database is prepared: nobody knows their address yet, and without beat the
    # worker gets nothing to do.
    _start_web(here, household, address, {**environment, "SETUP_TOKEN": token})
    _start_celery(here, household, "worker", environment, f"--hostname={worker}", "--concurrency=2")
    prepared = _prepare(here, household, environment)
    _start_celery(here, household, "beat", environment)
    with Step("Waiting for web and worker") as step:
        web_answers = partial(readiness.page_answers, address, "/readyz")
        readiness.wait(web_answers, what="web", household=household, step=step)
        worker_answers = partial(readiness.worker_answers, found.redis_url, worker)
        readiness.wait(worker_answers, what="worker", household=household, step=step)
        step.detail("both answer")
    _keep_private(here.environment, json.dumps(environment))
    banner.show(here, address, prepared.logins, "" if prepared.has_programme else token)
    if not prepared.demo_unfinished:
        return None
    rest = _manage(here, "load_demo", "--rest")
    return household.start("demo", rest, cwd=here.root, env={**os.environ, **environment}, may_end=True)


def _watch(here: Layout, household: Household, demo: Child | None) -> None:
    """Until a signal comes. Raises Problem when a process dies that the site needs and that does not come back."""
    revivals = Revivals()
    while True:
        revivals.tend(household)
        if demo and demo.has_ended:
            if demo.process.returncode:
                say(f"  The rest of the demo was not loaded, see {here.shown(demo.log)}. The next start tries again.")
            demo = None
        time.sleep(WATCH_SECONDS)


def _site_environment(here: Layout, address: Address, found: Servers) -> dict[str, str]:
    """What the settings read. What the person has set in the environment stays."""
    origins = [f"http://{name}:{address.port}" for name in address.names]
    ours = {
        "SECRET_KEY": _secret_key(here),
        "DEBUG": "true",
        "ALLOWED_HOSTS": ",".join(address.names),
        "CSRF_TRUSTED_ORIGINS": ",".join(origins),
        "SITE_URL": origins[0],
        "DATA_DIR": str(here.data),
        "DATABASE_URL": found.database_url,
        "REDIS_URL": found.redis_url,
    }
    return {name: os.environ.get(name) or value for name, value in ours.items()}


def _secret_key(here: Layout) -> str:
    """Made once, so that people stay signed in over a restart."""
    path = here.data / "secret-key"
    if not path.exists():
        _keep_private(path, secrets.token_urlsafe(50))
    return path.read_text()


def _keep_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)


def _manage(here: Layout, *arguments: str) -> list[str]:
    return [sys.executable, str(here.root / "manage.py"), *arguments]


def _prepare(here: Layout, household: Household, environment: dict[str, str]) -> Prepared:
    """Migrate, and load the beginning of the demo when the database is empty and DEMO is not 0."""
    report = here.data / "prepared.json"
    command = _manage(here, "prepare", f"--report={report}")
    if os.environ.get("DEMO", "1") != "0":
        command.append(f"--demo-receipts={FIRST_RECEIPTS}")
    with Step("Preparing the database") as step:
        try:
            commands.run(
                command, log=here.logs / "prepare.log", step=step, cwd=here.root, env={**os.environ, **environment}
            )
        except commands.Failed as failure:
            readiness.raise_if_dead(household)
            sentence = f"The database could not be prepared. The end of {here.logs / 'prepare.log'}:"
            raise problems.with_log(sentence, failure.tail) from failure
    return Prepared(**json.loads(report.read_text()))


def _start_web(here: Layout, household: Household, address: Address, environment: dict[str, str]) -> None:
    bind = f"--bind={address.host}:{address.port}"
    command = [sys.executable, "-m", "gunicorn", *WEB, bind, "loyalty_site.wsgi:application"]
    household.start("web", command, cwd=here.root, env={**os.environ, **environment})


def _start_celery(here: Layout, household: Household, role: str, environment: dict[str, str], *options: str) -> None:
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "loyalty_site",
        "--skip-checks",
        role,
        "--loglevel=WARNING",
        *options,
    ]
    household.start(role, command, cwd=here.root, env={**os.environ, **environment})
