"""The card in a phone's wallet: really signed, in both languages, for the member who is signed in and nobody else."""

import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from core.models import Programme
from members import identity
from members.models import Member
from portal.wallet import apple, contents, credentials, google
from portal.wallet.contents import Contents
from tests import factories
from tests.factories import Shop
from tests.portal import trust
from tests.portal.people import signed_in, text
from tests.rewards.claims import give
from tiers.models import Tier

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
APPLE, GOOGLE = "/card/apple-wallet.pkpass", "/card/google-wallet/"
NUMBER = "360000000015"


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def shop() -> Shop:
    return factories.shop()


@pytest.fixture
def ada(shop: Shop) -> Member:
    return factories.member(name="Ada Lovelace", number=NUMBER)


@pytest.fixture
def wallets(settings: Settings) -> None:
    settings.APPLE_WALLET = trust.apple_settings()
    settings.GOOGLE_WALLET = trust.google_settings()


def shown(member: Member, at: datetime = NOW) -> Contents:
    return contents.of(member, Programme.objects.get(), at=at)


def unpacked(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def built(member: Member) -> dict[str, bytes]:
    signing = credentials.apple(NOW)
    assert signing is not None
    return unpacked(apple.build(shown(member), dict.fromkeys(apple.SIZES, b"png"), signing))


def strings(data: bytes) -> dict[str, str]:
    pairs = re.findall(r'^"(.*?)" = "(.*)";$', data.decode("utf-16"), re.MULTILINE)
    return {key: re.sub(r"\\(.)", lambda found: found[1].replace("n", "\n"), value) for key, value in pairs}


def fields(files: dict[str, bytes]) -> dict[str, Any]:
    """What a phone in English, or in Chinese, shows in each field."""
    card = json.loads(files["pass.json"])["storeCard"]
    return {field["key"]: field["value"] for part in card.values() for field in part}


def read(link: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Head and claims of a link to Google, once its signature was found right."""
    assert link.startswith("https://pay.google.com/gp/v/save/")
    head, claims, signature = link.removeprefix("https://pay.google.com/gp/v/save/").split(".")
    public = trust.key("google").public_key()
    public.verify(_bytes(signature), f"{head}.{claims}".encode(), PKCS1v15(), hashes.SHA256())
    return json.loads(_bytes(head)), json.loads(_bytes(claims))


def _bytes(part: str) -> bytes:
    assert re.fullmatch(r"[A-Za-z0-9_-]+", part)
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def saved(member: Member) -> dict[str, Any]:
    issuer = credentials.google()
    assert issuer is not None
    link = google.link(shown(member), issuer, at=NOW)
    card: dict[str, Any] = read(link)[1]["payload"]["loyaltyObjects"][0]
    return card


def test_without_settings_nothing_is_offered_and_nothing_is_there(ada: Member) -> None:
    client = signed_in(ada)

    assert "Wallet" not in text(client.get("/card/"))
    assert client.get(APPLE).status_code == HTTPStatus.NOT_FOUND
    assert client.get(GOOGLE).status_code == HTTPStatus.NOT_FOUND


def test_each_wallet_is_offered_by_its_own_settings(ada: Member, settings: Settings) -> None:
    settings.APPLE_WALLET = trust.apple_settings()
    page = text(signed_in(ada).get("/card/"))
    assert "Add to Apple Wallet" in page
    assert "Add to Google Wallet" not in page

    settings.GOOGLE_WALLET = trust.google_settings()
    client = signed_in(ada)
    assert "Add to Apple Wallet Add to Google Wallet" in text(client.get("/card/"))
    client.cookies["django_language"] = "zh-hans"
    assert "添加到 Apple 钱包 添加到 Google 钱包" in text(client.get("/card/"))


def test_a_member_gets_their_own_pass_and_a_guest_none(wallets: None, ada: Member) -> None:
    eve = factories.member(name="Eve", number="360000000028")

    hers = signed_in(eve).get(f"{APPLE}?member={ada.pk}")

    assert hers["Content-Type"] == "application/vnd.apple.pkpass"
    assert "no-store" in hers["Cache-Control"]
    told = json.loads(unpacked(hers.content)["pass.json"])
    assert told["barcodes"][0]["message"] == "360000000028"
    assert told["serialNumber"] == str(eve.uuid)
    assert Client().get(APPLE)["Location"] == f"/sign-in/?next={APPLE}"
    assert Client().get(GOOGLE)["Location"] == f"/sign-in/?next={GOOGLE}"


def test_a_pass_costs_a_handful_of_queries(
    wallets: None, ada: Member, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(ada)
    for address in ("/card/", APPLE, GOOGLE):
        client.get(address)

    # programme, user with member, standing; the balance
    with django_assert_num_queries(3):
        client.get("/card/")
    with django_assert_num_queries(4):
        client.get(APPLE)
    with django_assert_num_queries(4):
        client.get(GOOGLE)


def test_every_file_of_a_pass_is_in_the_manifest_and_the_manifest_is_signed(wallets: None, ada: Member) -> None:
    files = unpacked(signed_in(ada).get(APPLE).content)
    signature, manifest = files.pop("signature"), files.pop("manifest.json")

    assert json.loads(manifest) == {name: hashlib.sha1(data).hexdigest() for name, data in files.items()}
    assert set(files) == {"pass.json", "en.lproj/pass.strings", "zh-Hans.lproj/pass.strings", *apple.SIZES}
    trust.verify(signature, manifest, trust.trust().root)
    with pytest.raises(AssertionError):
        trust.verify(signature, manifest + b" ", trust.trust().root)
    with pytest.raises((InvalidSignature, ValueError)):
        trust.verify(signature, manifest, trust.trust("Orange").root)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_finds_the_signature_right(wallets: None, ada: Member, tmp_path: Path) -> None:
    files = built(ada)
    for name in ("signature", "manifest.json"):
        (tmp_path / name).write_bytes(files[name])
    (tmp_path / "root.pem").write_text(trust.pem(trust.trust().root))
    command = ["openssl", "smime", "-verify", "-inform", "DER", "-in", "signature", "-content", "manifest.json",
               "-CAfile", "root.pem", "-purpose", "any", "-attime", str(int(NOW.timestamp()))]  # fmt: skip

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)

    assert (done.returncode, done.stdout) == (0, files["manifest.json"]), done.stderr


def test_pictures_have_the_sizes_that_phones_ask_for(wallets: None, ada: Member) -> None:
    files = unpacked(signed_in(ada).get(APPLE).content)

    sizes = {name: Image.open(io.BytesIO(files[name])).size for name in apple.SIZES}
    assert sizes == {
        "icon.png": (29, 29), "icon@2x.png": (58, 58), "icon@3x.png": (87, 87),
        "logo.png": (50, 50), "logo@2x.png": (100, 100), "logo@3x.png": (150, 150),
    }  # fmt: skip


def test_an_apple_pass_shows_what_the_card_shows(wallets: None, ada: Member) -> None:
    give(ada, 1250, at=NOW)
    Programme.objects.update(theme_colour="#0b6e4f")
    files = built(ada)
    told = json.loads(files["pass.json"])

    assert {key: told[key] for key in ("formatVersion", "passTypeIdentifier", "teamIdentifier", "organizationName",
                                       "logoText", "backgroundColor", "sharingProhibited")} == {
        "formatVersion": 1, "passTypeIdentifier": trust.PASS_TYPE, "teamIdentifier": trust.TEAM,
        "organizationName": "Gift Club", "logoText": "Gift Club", "backgroundColor": "rgb(11, 110, 79)",
        "sharingProhibited": True,
    }  # fmt: skip
    assert told["foregroundColor"] == told["labelColor"] != told["backgroundColor"]
    assert told["barcodes"] == [
        {"format": "PKBarcodeFormatQR", "message": NUMBER, "messageEncoding": "iso-8859-1",
         "altText": "3600 0000 0015"}
    ]  # fmt: skip
    assert fields(files) == {
        "tier": "changke.tier_name", "points": 1250, "member": "Ada Lovelace", "as_of": "2026-03-10T00:00:00Z",
        "number": "3600 0000 0015", "help": "changke.help",
    }  # fmt: skip
    assert "expirationDate" not in told
    assert "webServiceURL" not in told


def test_every_word_of_an_apple_pass_is_there_in_both_languages(wallets: None, ada: Member) -> None:
    files = built(ada)
    english, chinese = (strings(files[f"{folder}.lproj/pass.strings"]) for folder in ("en", "zh-Hans"))

    used = set(re.findall(r'"(changke\.\w+)"', files["pass.json"].decode()))
    assert used == set(english) == set(chinese)
    assert english["changke.tier_name"] == "Member"
    assert chinese["changke.tier_name"] == "会员"
    labels = ("points", "tier", "member", "number", "as_of", "description")
    assert [english[f"changke.{key}"] for key in labels] == [
        "Points", "Tier", "Member", "Member number", "As of", "Membership card of Gift Club",
    ]  # fmt: skip
    assert [chinese[f"changke.{key}"] for key in labels] == [
        "积分", "等级", "会员", "会员号", "截至", "Gift Club会员卡",
    ]  # fmt: skip


def test_names_with_quotation_marks_and_line_ends_stay_what_they_are(wallets: None, ada: Member) -> None:
    Programme.objects.update(name='The "Best"\\\nClub')

    told = strings(built(ada)["en.lproj/pass.strings"])

    assert told["changke.description"] == 'Membership card of The "Best"\\\nClub'


@pytest.mark.parametrize(("balance", "written"), [(0, "0"), (999_999_999, "999,999,999")])
def test_balances_are_whole_from_nothing_to_nine_digits(wallets: None, ada: Member, balance: int, written: str) -> None:
    if balance:
        give(ada, balance, at=NOW)

    assert fields(built(ada))["points"] == balance
    assert saved(ada)["loyaltyPoints"]["balance"] == {"string": written}


@pytest.mark.parametrize("name", ["Wolfeschlegelsteinhausenbergerdorff " * 3, "欧阳" * 60])
def test_a_long_name_stays_whole_with_apple_and_short_enough_for_a_link_with_google(
    wallets: None, ada: Member, name: str
) -> None:
    Member.objects.update(name=name.strip())
    Tier.objects.update(name_en="W" * 40, name_zh_hans="级" * 40)
    ada.refresh_from_db()

    assert fields(built(ada))["member"] == ada.name
    assert saved(ada)["accountName"] == f"{ada.name[:19].rstrip()}…"
    assert len(signed_in(ada).get(GOOGLE)["Location"].removeprefix(google.SAVE)) <= 1800


def test_a_member_without_name_has_a_pass_without_one(wallets: None, ada: Member) -> None:
    Member.objects.update(name="")
    ada.refresh_from_db()

    assert "member" not in fields(built(ada))
    assert "accountName" not in saved(ada)


def test_the_day_of_a_pass_is_that_of_the_members_clock(wallets: None, ada: Member) -> None:
    Member.objects.update(time_zone="Pacific/Auckland")

    told = fields(unpacked(signed_in(ada).get(APPLE).content))

    assert told["as_of"] == f"{date(2026, 3, 11)}T00:00:00Z"


def test_a_pass_is_the_same_one_when_a_lost_card_was_replaced(wallets: None, ada: Member) -> None:
    before = json.loads(built(ada)["pass.json"])
    Member.objects.update(number="360000000028")
    ada.refresh_from_db()
    after = json.loads(built(ada)["pass.json"])

    assert before["serialNumber"] == after["serialNumber"]
    assert after["barcodes"][0]["message"] == "360000000028"


def test_what_a_till_scans_from_a_pass_is_the_number_on_the_card(wallets: None, ada: Member) -> None:
    apples = json.loads(built(ada)["pass.json"])["barcodes"][0]["message"]
    googles = saved(ada)["barcode"]

    assert apples == googles["value"] == NUMBER
    assert googles == {"type": "QR_CODE", "value": NUMBER, "alternateText": "3600 0000 0015"}
    assert identity.find(number=apples).member_id == ada.pk


def test_a_member_is_sent_on_to_google_with_a_card_that_is_signed(wallets: None, ada: Member) -> None:
    give(ada, 1250, at=NOW)
    answer = signed_in(ada).get(GOOGLE)

    assert answer.status_code == HTTPStatus.FOUND
    head, claims = read(answer["Location"])
    assert head == {"alg": "RS256", "typ": "JWT"}
    payload = claims.pop("payload")
    assert claims == {
        "iss": trust.EMAIL, "aud": "google", "typ": "savetowallet", "iat": int(NOW.timestamp()),
        "origins": [],
    }  # fmt: skip
    assert list(payload) == ["loyaltyObjects"]
    (card,) = payload["loyaltyObjects"]
    assert {key: card[key] for key in ("id", "classId", "state", "accountId", "accountName")} == {
        "id": f"{trust.ISSUER}.{ada.uuid}", "classId": f"{trust.ISSUER}.membership", "state": "ACTIVE",
        "accountId": NUMBER, "accountName": "Ada Lovelace",
    }  # fmt: skip
    assert card["loyaltyPoints"] == {
        "localizedLabel": both("Points · 2026-03-10", "积分 · 2026-03-10"),
        "balance": {"string": "1,250"},
    }
    assert card["textModulesData"] == [
        {
            "id": "tier",
            "localizedHeader": both("Tier", "等级"),
            "localizedBody": both("Member", "会员"),
        },
    ]


def both(english: str, chinese: str) -> dict[str, Any]:
    return {
        "defaultValue": {"language": "en", "value": english},
        "translatedValues": [{"language": "zh-CN", "value": chinese}],
    }
