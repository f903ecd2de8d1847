"""Dockerfile and docker-compose.yml, as far as they can be judged without a Docker engine."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
OURS = ("migrate", "web", "worker", "beat")
SERVERS = ("postgres", "valkey")
# Read by the settings, but of no use in a container, or set there by the image.
NOT_FOR_COMPOSE = {"DEBUG", "DATA_DIR", "STATIC_ROOT", "TEST_DB_SUFFIX", "SECRET_KEY_FILE", "STAFF_MFA_REQUIRED"}
NOT_FOR_PEOPLE = {"TEST_DB_SUFFIX"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return found


def settings_read() -> set[str]:
    """The variables that the settings read."""
    text = (ROOT / "loyalty_site" / "settings.py").read_text()
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text)) | set(re.findall(r'_secret\("([A-Z_]+)"\)', text))


def test_every_part_of_the_site_is_there(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*OURS, *SERVERS}
    assert set(compose["volumes"]) == {"data", "postgres", "valkey"}


@pytest.mark.parametrize("name", [*OURS, *SERVERS])
def test_no_part_may_write_its_image_or_gain_rights(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]

    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_the_site_waits_for_its_servers_and_its_migrations(compose: dict[str, Any], name: str) -> None:
    conditions = {what: how["condition"] for what, how in compose["services"][name]["depends_on"].items()}

    assert conditions == {
        "migrate": "service_completed_successfully",
        "postgres": "service_healthy",
        "valkey": "service_healthy",
    }


def test_what_is_waited_for_has_a_health_check(compose: dict[str, Any]) -> None:
    assert all("test" in compose["services"][name]["healthcheck"] for name in (*SERVERS, "worker"))
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()


def test_volumes_are_mounted_where_they_are_declared(compose: dict[str, Any]) -> None:
    mounted = {volume.split(":")[0] for service in compose["services"].values() for volume in service["volumes"]}

    assert mounted == set(compose["volumes"])


def test_no_secret_stands_in_the_file_and_none_has_a_default(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text()

    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "ALLOWED_HOSTS"):
        uses = re.findall(rf"\$\{{{name}(?![A-Z_])([^}}]*)}}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses)


def test_compose_hands_the_site_every_setting(compose: dict[str, Any]) -> None:
    given = set(compose["services"]["web"]["environment"])

    assert given == settings_read() - NOT_FOR_COMPOSE


def test_the_example_tells_every_variable_that_is_read(compose: dict[str, Any]) -> None:
    text = (ROOT / ".env.example").read_text()
    told = set(re.findall(r"^(?:# )?([A-Z_]+)=", text, re.MULTILINE))
    substituted = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))

    assert told >= (settings_read() | substituted) - NOT_FOR_PEOPLE
    assert told <= settings_read() | substituted


def test_the_image_runs_as_nobody_special() -> None:
    last_stage = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    users = re.findall(r"^USER (.*)$", last_stage, re.MULTILINE)

    assert users == ["10001"]


@pytest.mark.parametrize(
    "source", re.findall(r"^COPY (?!--from)(.*) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
)
def test_what_the_image_copies_is_there(source: str) -> None:
    assert all((ROOT / path).exists() for path in source.split())


def test_the_image_leaves_out_what_is_private() -> None:
    left_out = (ROOT / ".dockerignore").read_text().split()

    assert {".git", ".venv", ".data", ".env"} <= set(left_out)
