"""The environment and its stamp."""

import importlib.util
import json
import sys
import sysconfig
from pathlib import Path

import pytest

from loyalty_site.launch import bootstrap
from loyalty_site.launch.problems import Problem

THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with two lock files and an environment that was made from neither."""
    (tmp_path / "requirements").mkdir()
    for name in (bootstrap.RUN_LOCK, bootstrap.DEV_LOCK):
        (tmp_path / "requirements" / name).write_text(f"django==5.2.19  # for {name}\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    return tmp_path


def is_current(checkout: Path, lock: str) -> bool:
    return bootstrap._is_current(checkout / ".venv", checkout / "requirements", lock)


def stamp_with(checkout: Path, lock: str, python: str = THIS_PYTHON) -> None:
    stamp = {**bootstrap._stamp(checkout / "requirements" / lock), "python": python}
    bootstrap._stamp_path(checkout / ".venv").write_text(json.dumps(stamp))


def test_an_environment_without_stamp_is_not_current(checkout: Path) -> None:
    assert not is_current(checkout, bootstrap.RUN_LOCK)


def test_what_was_installed_to_work_on_the_project_also_runs_it(checkout: Path) -> None:
    stamp_with(checkout, bootstrap.DEV_LOCK)

    assert is_current(checkout, bootstrap.RUN_LOCK)
    assert is_current(checkout, bootstrap.DEV_LOCK)


def test_what_was_installed_to_run_the_site_does_not_test_it(checkout: Path) -> None:
    stamp_with(checkout, bootstrap.RUN_LOCK)

    assert is_current(checkout, bootstrap.RUN_LOCK)
    assert not is_current(checkout, bootstrap.DEV_LOCK)


def test_a_changed_lock_file_is_noticed(checkout: Path) -> None:
    stamp_with(checkout, bootstrap.RUN_LOCK)

    (checkout / "requirements" / bootstrap.RUN_LOCK).write_text("django==5.2.20\n")

    assert not is_current(checkout, bootstrap.RUN_LOCK)


def test_an_environment_of_another_python_is_not_current(checkout: Path) -> None:
    stamp_with(checkout, bootstrap.RUN_LOCK, python="3.10")

    assert not is_current(checkout, bootstrap.RUN_LOCK)


def test_an_environment_whose_python_is_gone_is_not_current(checkout: Path) -> None:
    stamp_with(checkout, bootstrap.RUN_LOCK)

    (checkout / ".venv" / "bin" / "python").unlink()

    assert not is_current(checkout, bootstrap.RUN_LOCK)


def test_pip_is_the_one_that_comes_with_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pip-23.2-py3-none-any.whl").touch()
    monkeypatch.setattr(sysconfig, "get_config_var", {"WHEEL_PKG_DIR": str(tmp_path)}.get)

    assert bootstrap._pip(Path("/c/.venv")) == ["/c/.venv/bin/python", f"{tmp_path}/pip-23.2-py3-none-any.whl/pip"]


def test_without_any_pip_the_sentence_names_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", {}.get)
    monkeypatch.setattr(sysconfig, "get_config_var", {}.get)

    with pytest.raises(Problem) as refusal:
        bootstrap._pip(Path("/c/.venv"))

    assert str(refusal.value) == (
        "This Python can't make environments. On Debian and Ubuntu install what is missing with: "
        f"apt install python{THIS_PYTHON}-venv"
    )


def test_every_lock_file_that_a_command_wants_is_there() -> None:
    requirements = Path(bootstrap.__file__).parents[2] / "requirements"

    wanted = {*bootstrap.LOCK_FOR.values(), "installer.lock"}

    assert {path.name for path in requirements.glob("*.lock")} == wanted
    assert all("--hash=sha256:" in (requirements / name).read_text() for name in wanted)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"PIP_INDEX_URL": "https://mirror/simple"}, "https://mirror/simple"),
        ({"PIP_INDEX_URL": "https://mirror/simple", "UV_DEFAULT_INDEX": "https://own/simple"}, "https://own/simple"),
        ({"PIP_INDEX_URL": "https://mirror/simple", "UV_INDEX_URL": "https://own/simple"}, None),
    ],
)
def test_uv_asks_the_index_that_pip_asks_unless_it_has_its_own(
    given: dict[str, str], expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    found = bootstrap._surroundings(Path("/c/.venv"))

    assert found.get("UV_DEFAULT_INDEX") == expected
    assert "PYTHONDONTWRITEBYTECODE" not in found
