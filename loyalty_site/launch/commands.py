"""Running another program to its end, with its output in a log and its last line on the screen."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from loyalty_site.launch import layout
from loyalty_site.launch.progress import Step


class Failed(Exception):
    """The program answered with an error; `tail` is the end of what it said."""

    def __init__(self, tail: str) -> None:
        super().__init__(tail)
        self.tail = tail


def run(
    command: Sequence[str],
    *,
    log: Path,
    step: Step,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    lines: int = 15,
) -> None:
    """Run the program; its output goes to the log, and line by line to the step. Raises Failed with its last lines.

    When we are interrupted meanwhile, the program is ended before we go on.
    """
    start = layout.open_log(log)
    with log.open("a", encoding="utf-8") as record, _started(command, cwd, env) as process:
        try:
            for line in process.stdout or ():
                record.write(line)
                record.flush()
                if line.strip():
                    step.detail(line)
        except BaseException:  # Ctrl-C too: no program is left behind, and it is raised again
            process.terminate()
            raise
    if process.returncode != 0:
        raise Failed(layout.tail(log, start, lines))


def _started(command: Sequence[str], cwd: Path | None, env: Mapping[str, str] | None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
