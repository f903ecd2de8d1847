"""Where things stand."""

import os
from pathlib import Path

import pytest

from loyalty_site.launch import layout
from loyalty_site.launch.layout import Layout
from loyalty_site.launch.problems import Problem


@pytest.mark.parametrize(
    ("data", "stays"),
    [
        ("/srv/changke/.data", True),
        ("/" + "x" * 71, True),
        ("/" + "x" * 72, False),
        ("/srv/with space/.data", False),
        ("/srv/常客/.data", False),
    ],
)
def test_sockets_stay_in_the_data_only_where_their_path_is_short_and_plain(data: str, stays: bool) -> None:
    folder = layout.socket_folder(Path(data))

    assert (folder == Path(data) / "sockets") is stays
    assert len(os.fsencode(f"{folder}{layout.LONGEST_SOCKET_NAME}")) <= layout.SOCKET_PATH_LIMIT
    assert layout.PLAIN_PATH.fullmatch(str(folder))


def test_the_short_folder_belongs_to_one_checkout() -> None:
    one, other = (layout.socket_folder(Path(f"/srv/with space/{name}")) for name in ("a", "b"))

    assert one != other
    assert one == layout.socket_folder(Path("/srv/with space/a"))


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "sockets"
    link.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(Problem, match="belongs to somebody else"):
        layout.own_folder(link, 0o700)


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"^The disk is nearly full: \d+ MB are free at .*, a new database needs about"):
        layout.require_space(tmp_path / "not" / "made", 10**12, "a new database")

    assert list(tmp_path.iterdir()) == []


def test_a_tail_shows_nothing_from_before_this_run(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("an old error\n")

    start = layout.open_log(log)
    with log.open("a") as output:
        output.write("one\ntwo\nthree\n")

    assert layout.tail(log, start, lines=2) == "two\nthree"
    assert layout.tail(log, start) == "one\ntwo\nthree"


def test_a_log_that_grew_large_is_set_aside(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("x" * 5_000_001)

    layout.open_log(log)

    assert (tmp_path / "web.old.log").stat().st_size == 5_000_001
    assert log.stat().st_size < 100


def test_paths_are_shown_from_the_checkout_on(tmp_path: Path) -> None:
    here = Layout(tmp_path, tmp_path / ".data")

    assert here.shown(here.logs) == ".data/log"
    assert here.shown(Path("/srv/data")) == "/srv/data"
