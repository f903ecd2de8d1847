"""What the person sees."""

import io
import re
import subprocess
from pathlib import Path

import pytest

from loyalty_site.launch import banner
from loyalty_site.launch.layout import Layout
from loyalty_site.launch.ports import Address
from loyalty_site.launch.progress import Step, say

ROOT = Path(__file__).parents[2]


def written_on(screen: io.TextIOWrapper) -> str:
    screen.seek(0)
    return screen.read()


def test_values_stand_under_each_other_in_both_scripts() -> None:
    lines = [banner.line(label, "|") for label, _ in banner.PAGES]

    columns = {sum(2 if ord(character) > 0x2E7F else 1 for character in line) for line in lines}
    assert columns == {2 + banner.LABEL_COLUMNS + 1}


def test_the_banner_tells_addresses_logins_and_how_to_stop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(banner, "total_seconds", lambda: 12.34)

    banner.show(Layout(tmp_path, tmp_path / ".data"), Address("127.0.0.1", 8001, 8000), "Staff: olga\nTill: 12\n", "")

    assert capsys.readouterr().out == (
        "\n  Changke 常客 is running, 12.3 s after the command.\n\n"
        "  Member portal 会员中心    http://localhost:8001/\n"
        "  Staff admin 后台管理      http://localhost:8001/admin/\n"
        "  Till page 收银台          http://localhost:8001/till/\n"
        "  Till API docs 收银接口    http://localhost:8001/api/docs/\n"
        "  Sent mail, SMS 已发消息   http://localhost:8001/dev/mail/\n"
        "\n  Port 8000 is in use by another program, so this is port 8001.\n"
        "\n  Staff: olga\n  Till: 12\n"
        "\n  Stop with Ctrl-C. The data stays in .data, logs are in .data/log; start afresh: make reset\n"
        "  按 Ctrl-C 停止。数据会保留；重新开始请用 make reset。\n\n"
    )


def test_an_empty_programme_gets_the_way_to_its_set_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    banner.show(Layout(tmp_path, tmp_path / ".data"), Address("127.0.0.1", 8000), "", "once")

    assert "  Set up 初始设置           http://localhost:8000/setup/?token=once\n" in capsys.readouterr().out


def test_a_step_is_one_line_where_there_is_no_terminal() -> None:
    screen = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")

    with Step("Preparing", screen) as step:
        step.detail("one\n  two " + "x" * 100)

    line = written_on(screen)
    assert line.startswith("  ✓ Preparing: one two xxx")
    assert re.search(r"x…  [ 0-9]\d\.\d s\n$", line)
    assert len(line.rstrip("\n")) == 78


def test_a_step_that_failed_is_crossed_out() -> None:
    screen = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")

    with pytest.raises(ValueError, match="no"), Step("Preparing", screen):
        raise ValueError("no")

    assert written_on(screen).startswith("  ✗ Preparing ")


def test_a_terminal_without_chinese_letters_is_no_error() -> None:
    screen = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")

    say("Changke 常客 é", screen)

    assert written_on(screen) == "Changke ?? é\n"


def test_make_without_words_says_what_there_is_from_any_folder(tmp_path: Path) -> None:
    checkout = tmp_path / "a folder 常客"
    checkout.mkdir()
    (checkout / "Makefile").write_text((ROOT / "Makefile").read_text())

    answer = subprocess.run(
        ["make", "--no-print-directory", "-f", checkout / "Makefile"],
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )

    assert [line.split()[1] for line in answer.stdout.splitlines()] == [
        "run", "test", "check", "bench", "manage", "reset", "help",
    ]  # fmt: skip


def test_a_python_that_is_too_old_is_told(tmp_path: Path) -> None:
    """The PATH holds a Python 3.9, as far as `make` can tell, and the shell's own tools."""
    for name in ("python3", "dirname"):
        (tmp_path / name).write_text(
            '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit\nexec /usr/bin/dirname "$1"\n'
        )
        (tmp_path / name).chmod(0o755)
    (tmp_path / "python3").write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit\nexit 1\n')

    answer = subprocess.run(
        ["/usr/bin/make", "-C", ROOT, "run"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )

    assert answer.returncode == 2
    assert answer.stderr.splitlines()[:2] == [
        "Changke needs Python 3.11, 3.12, 3.13 or 3.14, and none is on the PATH (python3 is: Python 3.9.2).",
        "On Debian or Ubuntu: apt install python3 python3-venv. Or name one: make run PYTHON=/path/to/python3",
    ]
