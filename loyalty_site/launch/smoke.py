"""What a new user does, done by a machine: a fresh clone, `make run`, a page, a purchase, Ctrl-C, nothing left."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from loyalty_site.launch import layout, ports
from loyalty_site.launch.interrupts import Signals
from loyalty_site.launch.layout import Layout
from loyalty_site.launch.problems import Problem
from loyalty_site.launch.progress import Step, say

START_SECONDS = 180.0
STOP_SECONDS = 90.0
MARK = "CHANGKE_SMOKE"
PAGES = ("/", "/admin/", "/api/docs/", "/api/schema/", "/dev/mail/", "/healthz", "/readyz")
OWN_SERVERS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEBUG", "DATA_DIR", "DEMO", "MAKELEVEL", "MAKEFLAGS")


def main(here: Layout, signals: Signals, arguments: list[str]) -> int:
    """Start the site from a copy, use it as a visitor and as a till, stop it. Raises Problem."""
    folder = Path(tempfile.mkdtemp(prefix="changke smoke ", dir=layout.temporary_parent()))
    try:
        clone = folder / "a clone"
        with Step("Cloning"):
            _clone(here.root, clone)
        _use(clone)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _clone(source: Path, target: Path) -> None:
    if (source / ".git").exists():
        command = ["git", "-c", "safe.directory=*", "clone", "--quiet", "--no-hardlinks", str(source), str(target)]
        subprocess.run(command, check=True)
    else:
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(".venv", ".data", "__pycache__"))


def _use(clone: Path) -> None:
    port = ports.choose().port
    mark = secrets.token_hex(8)
    environment = {name: value for name, value in os.environ.items() if name not in OWN_SERVERS}
    environment |= {"PORT": str(port), MARK: mark}
    site = subprocess.Popen(
        ["make", "run"],
        cwd=clone,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        _wait_for_banner(site)
        url = f"http://127.0.0.1:{port}"
        with Step("Asking for pages"):
            for path in PAGES:
                _get(url + path)
        with Step("Posting a purchase") as step:
            step.detail(_buy(url, _logins(clone, environment)))
    finally:
        with suppress(ProcessLookupError):
            os.killpg(site.pid, signal.SIGINT)
        with Step("Stopping with Ctrl-C"):
            site.wait(STOP_SECONDS)
        subprocess.run(["make", "--no-print-directory", "reset", "YES=1"], cwd=clone, env=environment, check=True)
    if left := _ours(mark, clone):
        raise Problem(f"Ctrl-C left processes behind: {left}")
    say("  The site started, answered, sold, and left nothing behind.")


def _wait_for_banner(site: subprocess.Popen[str]) -> None:
    """Pass on what `make run` says until it says that everything answers, then go on passing it on."""
    answers = threading.Event()

    def pass_on() -> None:
        for line in site.stdout or ():
            say(f"    | {line.rstrip()}")
            if "Ctrl-C" in line:
                answers.set()

    threading.Thread(target=pass_on, daemon=True).start()
    deadline = time.monotonic() + START_SECONDS
    while not answers.wait(0.1):
        if site.poll() is not None:
            raise Problem(f"make run ended with exit status {site.returncode}.")
        if time.monotonic() > deadline:
            raise Problem(f"make run was not ready within {START_SECONDS:.0f} s.")


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return str(answer.read().decode())


def _logins(clone: Path, environment: dict[str, str]) -> dict[str, Any]:
    """The demo's till and a member, from the running site."""
    command = [str(clone / ".venv/bin/python"), "-m", "loyalty_site.launch", "manage", "demo_logins", "--json"]
    answer = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def _buy(url: str, logins: dict[str, Any]) -> str:
    """Post a purchase as the demo's till does, and once more, as a till does that got no answer."""
    headers = {"Authorization": f"Bearer {logins['terminal_key']}", "Content-Type": "application/json"}
    programme = _ask(f"{url}/api/v1/ping", headers)
    body = {
        "receipt": f"SMOKE-{secrets.token_hex(4)}",
        "occurred_at": programme["now"],
        "currency": programme["currency"],
        "member": {"number": logins["member_number"]},
        "lines": [{"sku": "SMOKE", "name": "Teacup", "quantity": "2", "amount": "24.00"}],
        "total": "24.00",
    }
    headers["Idempotency-Key"] = secrets.token_hex(8)
    first, again = (_ask(f"{url}/api/v1/purchases", headers, body) for _ in range(2))
    points = sum(part["points"] for part in first["earned"])
    if points <= 0 or again != first:
        raise Problem(f"The purchase was answered with {first}, its repeat with {again}.")
    return f"{points} points, the same when repeated"


def _ask(url: str, headers: dict[str, str], body: dict[str, Any] | None = None) -> dict[str, Any]:
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found
    except urllib.error.HTTPError as error:
        raise Problem(f"{url} answered {error.code}: {error.read().decode()}") from error


def _ours(mark: str, clone: Path) -> list[str]:
    """The processes that carry the mark of this run in their environment, or name a path of its clone.

    Servers write over their environment, but name the folder of their data or their socket.
    """
    places = [str(place).encode() for place in (clone, layout.socket_folder(clone / ".data"))]
    left = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (folder / "cmdline").read_bytes()
            marked = f"{MARK}={mark}".encode() in (folder / "environ").read_bytes()
            if marked or any(place in command for place in places):
                left.append(command.decode(errors="replace").replace("\0", " "))
    return left
