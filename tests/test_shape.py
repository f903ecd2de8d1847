"""The shape of the code, held by tests: small files, short functions, one line of apps, no hidden calls."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = sorted({app for name in settings.INSTALLED_APPS if (ROOT / (app := name.split(".")[0])).is_dir()})
SOURCES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
HIDDEN = {"receiver", "on_commit", "post_save", "pre_save", "post_delete", "m2m_changed"}


def _trees() -> Iterator[tuple[str, str, ast.Module]]:
    for path in SOURCES:
        text = path.read_text()
        yield str(path.relative_to(ROOT)), text, ast.parse(text)


def test_the_contract_names_every_app() -> None:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert sorted(configuration["root_packages"]) == APPS


def test_files_are_short() -> None:
    assert {name: lines for name, text, _ in _trees() if (lines := text.count("\n")) > 400} == {}


def test_functions_are_short() -> None:
    long = {
        f"{name}:{node.name}": lines
        for name, _, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (lines := (node.end_lineno or 0) - node.lineno + 1) > 40
    }
    assert long == {}


def test_nothing_is_called_behind_ones_back() -> None:
    """No signals, no on_commit: what must happen is called, what leaves the process is a row."""
    hidden = {
        f"{name}:{node.lineno}"
        for name, _, tree in _trees()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id in HIDDEN)
        or (isinstance(node, ast.Attribute) and node.attr in HIDDEN)
    }
    assert hidden == set()


def test_imports_stand_at_the_top() -> None:
    inside = {
        f"{name}:{inner.lineno}"
        for name, _, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    }
    assert inside == set()


@pytest.mark.parametrize("word", ["services", "utils", "helpers", "signals", "constants", "managers"])
def test_no_module_is_a_drawer(word: str) -> None:
    assert [str(path) for path in SOURCES if path.stem == word] == []
