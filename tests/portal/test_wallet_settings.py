"""The settings of the wallets: whole, absent, or refused at the start by a sentence that says what is the matter."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding
from django.core import checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django import Settings

from portal.wallet import credentials
from tests.portal import trust

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def found() -> list[str]:
    return [message.msg for message in checks.run_checks(tags=["wallet"]) if isinstance(message, checks.Error)]


def test_nothing_set_is_right_and_so_is_everything(settings: Settings) -> None:
    assert checks.run_checks(tags=["wallet"]) == []
    assert (credentials.apple(NOW), credentials.google()) == (None, None)

    settings.APPLE_WALLET, settings.GOOGLE_WALLET = trust.apple_settings(), trust.google_settings()

    assert checks.run_checks(tags=["wallet"]) == []
    signing, issuer = credentials.apple(NOW), credentials.google()
    assert signing is not None
    assert issuer is not None
    assert (signing.pass_type, signing.team) == (trust.PASS_TYPE, trust.TEAM)
    assert (issuer.id, issuer.email) == (trust.ISSUER, trust.EMAIL)


def test_half_a_configuration_stops_the_start(settings: Settings) -> None:
    settings.APPLE_WALLET = trust.apple_settings(intermediate="", key="")
    settings.GOOGLE_WALLET = trust.google_settings(service_account="")

    assert found() == [
        "APPLE_PASS_CERTIFICATE is set, but not APPLE_PASS_KEY and APPLE_WWDR_CERTIFICATE. Set all of them, or none.",
        "GOOGLE_WALLET_ISSUER_ID is set, but not GOOGLE_WALLET_SERVICE_ACCOUNT. Set all of them, or none.",
    ]
    with pytest.raises(SystemCheckError, match="Set all of them, or none"):
        call_command("check", tags=["wallet"])


def test_files_do_as_well_as_texts(settings: Settings, tmp_path: Path) -> None:
    made = trust.trust()
    files = {
        "certificate": made.certificate.public_bytes(Encoding.PEM),
        "key": trust.pem(made.key, "open sesame").encode(),
        # As Apple hands it out.
        "intermediate": made.intermediate.public_bytes(Encoding.DER),
        "account": trust.google_settings()["service_account"].encode(),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    paths = {name: str(tmp_path / name) for name in ("certificate", "key", "intermediate")}

    settings.APPLE_WALLET = trust.apple_settings(**paths, key_password="open sesame")
    settings.GOOGLE_WALLET = trust.google_settings(service_account=str(tmp_path / "account"))

    assert found() == []
    signing = credentials.apple(NOW)
    assert signing is not None
    assert signing.certificate == made.certificate


def test_a_text_may_stand_on_one_line(settings: Settings) -> None:
    settings.APPLE_WALLET = {name: text.replace("\n", "\\n") for name, text in trust.apple_settings().items()}

    assert found() == []


def test_what_can_not_be_used_is_said_without_repeating_it(settings: Settings) -> None:
    other = trust.trust("Orange")
    no_pass = trust.trust("Apple", "com.example.website")
    wrong = [
        ({"key": "/nowhere/pass.key"}, "APPLE_PASS_KEY names a file that can't be read."),
        ({"key": trust.pem(trust.key("google"))}, "APPLE_PASS_KEY is not the key of APPLE_PASS_CERTIFICATE."),
        (
            {"key": trust.pem(trust.key("pass"), "open sesame")},
            "APPLE_PASS_KEY can't be read as a private key, or its password is another.",
        ),
        ({"certificate": trust.pem(trust.key("pass"))}, "APPLE_PASS_CERTIFICATE can't be read as a certificate."),
        (
            {"certificate": trust.pem(no_pass.certificate)},
            "APPLE_PASS_CERTIFICATE is no Pass Type ID certificate of Apple.",
        ),
        (
            {"intermediate": trust.pem(other.intermediate)},
            "APPLE_WWDR_CERTIFICATE did not issue APPLE_PASS_CERTIFICATE.",
        ),
    ]
    for changes, sentence in wrong:
        settings.APPLE_WALLET = trust.apple_settings(**changes)
        assert found() == [sentence]
    settings.APPLE_WALLET = dict.fromkeys(trust.apple_settings(), "")

    for changes, sentence in [
        ({"issuer": "our shop"}, "GOOGLE_WALLET_ISSUER_ID must be the number that Google's console shows."),
        (
            {"service_account": '{"client_email": "a@b"}'},
            "GOOGLE_WALLET_SERVICE_ACCOUNT is not the JSON key of a service account.",
        ),
        (
            {"service_account": '{"client_email": "a@b", "private_key": "x"}'},
            "GOOGLE_WALLET_SERVICE_ACCOUNT can't be read as a private key, or its password is another.",
        ),
    ]:
        settings.GOOGLE_WALLET = trust.google_settings(**changes)
        assert found() == [sentence]


def test_a_certificate_that_has_ended_is_told_and_no_pass_is_offered(settings: Settings) -> None:
    settings.APPLE_WALLET = trust.apple_settings()

    with time_machine.travel(datetime(2027, 1, 2, tzinfo=UTC), tick=False):
        (told,) = checks.run_checks(tags=["wallet"])

    assert isinstance(told, checks.Warning)
    assert told.id == "wallet.W001"
    assert credentials.apple(datetime(2027, 1, 2, tzinfo=UTC)) is None
