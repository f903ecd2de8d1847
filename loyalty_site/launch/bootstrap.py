"""The first step, under the machine's own Python: make `.venv` from the lock file, then go on inside it.

Only the standard library is here yet. uv installs in three seconds what takes pip twenty, so uv is fetched when it
is not on the machine; where it can't be had, pip does the work.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from loyalty_site.launch import commands, layout, problems, progress, reset
from loyalty_site.launch.interrupts import Interrupted, Signals
from loyalty_site.launch.layout import Layout
from loyalty_site.launch.problems import Problem
from loyalty_site.launch.progress import Step

RUN_LOCK = "run.lock"
DEV_LOCK = "dev.lock"
# What is needed to work on the project holds all that is needed to run it.
SUFFICIENT = {RUN_LOCK: (RUN_LOCK, DEV_LOCK), DEV_LOCK: (DEV_LOCK,)}
LOCK_FOR = {"run": RUN_LOCK, "manage": RUN_LOCK, "test": DEV_LOCK, "check": DEV_LOCK, "bench": DEV_LOCK}
ENVIRONMENT_MEGABYTES = 700


def main(arguments: list[str]) -> int:
    """Prepare what the command needs, then become that command inside `.venv`."""
    progress.total_seconds()
    Signals().install()
    here = layout.of_this_checkout()
    command = arguments[0] if arguments else "run"
    try:
        if command == "reset":
            return reset.main(here)
        prepare(here, LOCK_FOR.get(command, RUN_LOCK))
    except Problem as problem:
        progress.say(f"\n{problem}", sys.stderr)
        return 1
    except Interrupted:
        return 130
    return _go_on_inside(here, arguments)


def _go_on_inside(here: Layout, arguments: list[str]) -> NoReturn:
    # Many containers set this; every start would pay four times over for its imports.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    python = str(_python(here.venv))
    os.execv(python, [python, "-m", "loyalty_site.launch", *arguments])


def prepare(here: Layout, lock_name: str) -> None:
    """Bring `.venv` in step with the lock file; costs nothing when it is."""
    here.create()
    requirements = here.root / "requirements"
    if _is_current(here.venv, requirements, lock_name):
        return
    with (here.data / "install.lock").open("w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        if _is_current(here.venv, requirements, lock_name):
            return
        layout.require_space(here.root, ENVIRONMENT_MEGABYTES, "installing the dependencies")
        _stamp_path(here.venv).unlink(missing_ok=True)
        log = here.logs / "install.log"
        _make_venv(here.venv, log)
        _install(here, requirements / lock_name, log)
        _stamp_path(here.venv).write_text(json.dumps(_stamp(requirements / lock_name)))


def _python(venv: Path) -> Path:
    return venv / "bin" / "python"


def _stamp_path(venv: Path) -> Path:
    return venv / "changke-lock.json"


def _stamp(lock: Path) -> dict[str, str]:
    """What an environment was made from: the contents of the lock file, and the Python."""
    return {
        "lock": hashlib.sha256(lock.read_bytes()).hexdigest(),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }


def _is_current(venv: Path, requirements: Path, lock_name: str) -> bool:
    path = _stamp_path(venv)
    if not path.exists() or not _python(venv).exists():
        return False
    return json.loads(path.read_text()) in [_stamp(requirements / name) for name in SUFFICIENT[lock_name]]


def _make_venv(venv: Path, log: Path) -> None:
    """An environment without pip, which would take most of the time. Replaces one of another Python."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if _python(venv).exists() and (venv / "lib" / f"python{version}").exists():
        return
    with Step(f"Making .venv with Python {version}") as step:
        command = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(venv)]
        try:
            commands.run(command, log=log, step=step)
        except commands.Failed as failure:
            raise problems.with_log(f"{_venv_sentence(version)} It said:", failure.tail) from failure


def _venv_sentence(version: str) -> str:
    return (
        f"This Python can't make environments. On Debian and Ubuntu install what is missing with: "
        f"apt install python{version}-venv"
    )


def _install(here: Layout, lock: Path, log: Path) -> None:
    """By uv; by pip where uv can't be had or does not get through to the packages."""
    python = str(_python(here.venv))
    if uv := _uv_on_path() or _fetched_uv(here, log):
        sync = [uv, "pip", "sync", "--python", python, "--require-hashes", "--compile-bytecode", str(lock)]
        with suppress(commands.Failed), Step("Installing the dependencies") as step:
            commands.run(sync, log=log, step=step, env=_surroundings(here.venv))
            step.detail(f"{_count(lock)} packages, hashes checked")
            return
    install = [*_pip(here.venv), "install", "--require-hashes", "--no-input", "--requirement", str(lock)]
    with Step("Installing the dependencies by pip, as uv could not") as step:
        try:
            commands.run(install, log=log, step=step, env=_surroundings(here.venv))
        except commands.Failed as failure:
            sentence = "The dependencies could not be installed. Is the network (or your package mirror) reachable?"
            story = f"The whole story is in {here.shown(log)}, its end:"
            raise problems.with_log(f"{sentence} {story}", failure.tail) from failure
        step.detail(f"{_count(lock)} packages")


def _surroundings(venv: Path) -> dict[str, str]:
    """Our environment, with compiled code allowed, and for uv the package index that pip is set up with."""
    found = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & found.keys():
        index = found.get("PIP_INDEX_URL") or _configured_index(venv)
        found |= {"UV_DEFAULT_INDEX": index} if index else {}
    return found


def _configured_index(venv: Path) -> str:
    if (pip := _any_pip(venv)) is None:
        return ""
    asked = [*pip, "config", "get", "global.index-url"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def _count(lock: Path) -> int:
    return sum("==" in line and not line.startswith(("#", " ")) for line in lock.read_text().splitlines())


def _uv_on_path() -> str | None:
    """The machine's uv, if it really starts (a version manager may leave a stub without a program)."""
    uv = shutil.which("uv")
    if uv and subprocess.run([uv, "--version"], capture_output=True, check=False).returncode == 0:
        return uv
    return None


def _fetched_uv(here: Layout, log: Path) -> str | None:
    """uv, fetched into a folder of its own so that syncing does not remove it. None when it can't be had."""
    folder = here.venv / "uv"
    program = folder / "bin" / "uv"
    if program.exists():
        return str(program)
    lock = here.root / "requirements" / "installer.lock"
    wanted = ["install", "--require-hashes", "--no-input", "--no-deps", "--target", str(folder), "--requirement"]
    with Step("Fetching uv, the installer") as step:
        try:
            commands.run([*_pip(here.venv), *wanted, str(lock)], log=log, step=step)
        except commands.Failed:
            step.detail("not to be had")
        else:
            step.detail("")
    return str(program) if program.exists() else None


def _pip(venv: Path) -> list[str]:
    """A pip that installs into the environment. Raises Problem."""
    if (pip := _any_pip(venv)) is None:
        raise Problem(_venv_sentence(f"{sys.version_info.major}.{sys.version_info.minor}"))
    return pip


def _any_pip(venv: Path) -> list[str] | None:
    """The wheel that comes with Python, else the machine's own pip, working on the environment."""
    folders = [sysconfig.get_config_var("WHEEL_PKG_DIR")]
    if bundled := importlib.util.find_spec("ensurepip"):
        folders += [f"{folder}/_bundled" for folder in bundled.submodule_search_locations or ()]
    for folder in filter(None, folders):
        if wheels := sorted(Path(folder).glob("pip-*.whl")):
            return [str(_python(venv)), str(wheels[-1] / "pip")]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(_python(venv))]
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
