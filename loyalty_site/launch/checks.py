"""The list of `make check`."""

from typing import NamedTuple

# A made-up production: `check --deploy` judges the settings as they are there.
PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": "a-made-up-key-that-is-long-enough-to-be-judged-by-check-deploy-0123456789",
    "ALLOWED_HOSTS": "loyalty.example.com",
    "CSRF_TRUSTED_ORIGINS": "https://loyalty.example.com",
    "BEHIND_PROXY": "true",
}


class Check(NamedTuple):
    """One check: arguments of Python, in the development environment or in a made-up production."""

    label: str
    arguments: tuple[str, ...]
    in_production: bool = False


CHECKS = [
    Check("Layout of the code", ("-m", "ruff", "format", "--check", ".")),
    Check("Lint", ("-m", "ruff", "check", ".")),
    Check("Import contracts", ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")),
    Check("Types", ("-m", "mypy", ".")),
    Check("Migrations complete", ("manage.py", "makemigrations", "--check", "--dry-run")),
    Check("Settings of production", ("manage.py", "check", "--deploy", "--fail-level", "WARNING"), in_production=True),
    Check("Translations complete", ("manage.py", "translations", "check")),
    Check("API schema", ("manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")),
]
