"""Rewards at the desk: the catalogue in both languages, stock, codes of suppliers, vouchers and cancelling them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from access.models import AuditEntry
from core import clock as clocks
from members.models import Member
from rewards import codes, supply, vouchers
from rewards.models import CodePool, Reward, Unit, Voucher
from tests import factories
from tests.admin.desk import at_desk, text
from tests.factories import Shop
from tests.rewards.claims import available, left, redeem, rich
from tests.rewards.pictures import photograph

ADD = "/admin/rewards/reward/add/"


@pytest.fixture
def marketing(shop: Shop) -> Client:
    return at_desk("marketing")


@pytest.fixture
def support(shop: Shop) -> Client:
    return at_desk("support")


def filled(**changes: Any) -> dict[str, Any]:
    """The form of a mug for 100 points."""
    values: dict[str, Any] = {
        "code": "mug",
        "is_active": "on",
        "name_en": "Mug",
        "name_zh_hans": "马克杯",
        "description_en": "",
        "description_zh_hans": "",
        "kind": "gift",
        "price": "100",
        "voucher_days": "90",
        "supply": "stock",
        "drawing": "mug",
        "position": "1",
    }
    return {**values, **changes}


def page(reward: Reward, act: str = "change") -> str:
    return f"/admin/rewards/reward/{reward.pk}/{act}/"


def test_a_reward_is_written_in_both_languages_with_a_photograph(shop: Shop, marketing: Client) -> None:
    upload = SimpleUploadedFile("mug.jpg", photograph(), "image/jpeg")

    answer = marketing.post(ADD, filled(worth="4.50", photograph=upload))

    assert answer.status_code == 302, text(answer)
    reward = Reward.objects.get()
    assert (reward.name_en, reward.name_zh_hans) == ("Mug", "马克杯")  # type: ignore[attr-defined]
    assert (reward.worth, reward.supply) == (Decimal("4.50"), "stock")
    assert reward.picture is not None
    assert f"/pictures/{reward.picture.digest}.webp" in marketing.get(page(reward)).content.decode()
    assert AuditEntry.objects.get().action == "reward.added"

    marketing.post(page(reward), filled(no_photograph="on", price="120"))
    reward.refresh_from_db()
    assert (reward.picture_id, reward.price) == (None, 120)
    changed = AuditEntry.objects.latest("id")
    assert (changed.action, changed.changes["price"]) == ("reward.changed", [100, 120])


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"kind": "amount_off"}, "amount", "A reward of this kind needs it."),
        ({"kind": "percent_off"}, "percent", "A reward of this kind needs it."),
        ({"kind": "percent_off", "percent": "101"}, "percent", "less than or equal to 100"),
        ({"kind": "percent_off", "percent": "10", "amount": "5"}, "amount", "Not for a reward of this kind"),
        ({"kind": "amount_off", "amount": "0"}, "amount", "This is too little."),
        ({"worth": "-1"}, "worth", "This is too little."),
        ({"price": "0"}, "price", "greater than or equal to 1"),
        ({"name_en": "", "name_zh_hans": ""}, "name_en", "in one language at least"),
        ({"begins_on": "2026-06-02", "ends_on": "2026-06-01"}, "ends_on", "Not before the first day."),
        ({"limit_days": "30"}, "limit_per_member", "How many within these days?"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(
    marketing: Client, changes: dict[str, str], field: str, said: str
) -> None:
    answer = marketing.post(ADD, filled(**changes))

    assert answer.status_code == 200
    assert said in text(answer)
    assert field in answer.context["adminform"].form.errors
    assert Reward.objects.count() == 0


def test_the_list_tells_each_kind_in_words(shop: Shop, marketing: Client) -> None:
    factories.reward("ten", kind="percent_off", percent=10)

    page = text(marketing.get("/admin/rewards/reward/"))

    assert "percent off" in page
    assert "percent_off" not in page


def test_a_file_that_is_no_picture_is_refused(marketing: Client) -> None:
    answer = marketing.post(ADD, filled(photograph=SimpleUploadedFile("x.svg", b"<svg/>", "image/svg+xml")))

    assert "This can't be used as a picture." in text(answer)
    assert Reward.objects.count() == 0


def test_stock_is_changed_with_a_reason(marketing: Client) -> None:
    reward = factories.reward(stock=2)

    answer = marketing.post(page(reward, "stock"), {"by": "20", "reason": "Delivery"})

    assert "22 are in stock now." in text(marketing.get(answer["Location"]))
    assert AuditEntry.objects.get().reason == "Delivery"
    refused = marketing.post(page(reward, "stock"), {"by": "-23", "reason": "Broken"})
    assert "Only 22 are left: no more can be taken out of stock." in text(refused)
    assert left() == 22


def test_codes_are_uploaded_and_shown_to_nobody(marketing: Client) -> None:
    reward = factories.reward("cinema", supply=Reward.Supply.CODES)
    file = SimpleUploadedFile("codes.csv", "\ufeffcode,seat\nODEON-1,A\nODEON-2,B\n\n".encode(), "text/csv")

    answer = marketing.post(page(reward, "codes"), {"name": "Odeon, June", "file": file})

    assert answer.status_code == 302, text(answer)
    assert "2 codes were added." in text(marketing.get(answer["Location"]))
    assert list(Unit.objects.order_by("id").values_list("code", flat=True)) == ["ODEON-1", "ODEON-2"]
    pool = CodePool.objects.get()
    pages = [page(reward), "/admin/rewards/codepool/", f"/admin/rewards/codepool/{pool.pk}/change/"]
    shown = [marketing.get(each).content.decode() for each in pages]
    assert ["Odeon, June" in each for each in shown] == [True] * 3
    assert ["ODEON-1" in each for each in shown] == [False] * 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"A\nA\n", "line 2 repeats a code."),
        (b"\xff\xfe", "the file is not in UTF-8."),
        (b"\n", "there are none."),
    ],
)
def test_a_bad_file_of_codes_leaves_nothing_behind(marketing: Client, content: bytes, said: str) -> None:
    reward = factories.reward("cinema", supply=Reward.Supply.CODES)

    answer = marketing.post(page(reward, "codes"), {"name": "x", "file": SimpleUploadedFile("c.csv", content)})

    assert said in text(answer) or "empty" in text(answer)
    assert (CodePool.objects.count(), Unit.objects.count()) == (0, 0)


def test_a_reward_offers_the_button_of_its_supply(marketing: Client) -> None:
    found = {name: text(marketing.get(page(factories.reward(name, supply=name)))) for name in Reward.Supply.values}

    assert {name: ("Add codes" in page, " Stock " in page) for name, page in found.items()} == {
        "unlimited": (False, False),
        "stock": (False, True),
        "codes": (True, False),
    }


@pytest.fixture
def voucher(shop: Shop) -> Voucher:
    factories.reward(stock=3)
    return redeem(rich(500, at=clocks.now(), name="Ada Lovelace"), at=clocks.now()).voucher


def test_vouchers_are_found_by_member_and_by_code_and_never_shown_whole(support: Client, voucher: Voucher) -> None:
    other = redeem(rich(500, at=clocks.now()), token="2", at=clocks.now()).voucher
    searched = {
        "member": support.get(f"/admin/rewards/voucher/?q={voucher.member.number}"),
        "code": support.get(f"/admin/rewards/voucher/?q={codes.written(voucher.code).lower()}"),
        "one": support.get(f"/admin/rewards/voucher/{voucher.pk}/change/"),
    }

    for found in searched.values():
        assert codes.masked(voucher.code) in text(found)
        assert voucher.code not in text(found)
        assert codes.masked(other.code) not in text(found)


def test_a_voucher_is_cancelled_with_a_reason(support: Client, voucher: Voucher) -> None:
    url = f"/admin/rewards/voucher/{voucher.pk}/cancel/"

    assert support.post(url, {"reason": ""}).status_code == 200
    answer = support.post(url, {"reason": "Broken mug"})

    assert "The voucher is cancelled, and 100 points were given back." in text(support.get(answer["Location"]))
    assert (available(voucher.member, clocks.now()), left()) == (500, 3)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.reason) == ("voucher.cancelled", "Broken mug")
    assert "Cancel the voucher" not in text(support.get(f"/admin/rewards/voucher/{voucher.pk}/change/"))


def test_a_used_voucher_is_not_cancelled_by_a_page_that_was_open(shop: Shop, support: Client, voucher: Voucher) -> None:
    vouchers.use(voucher.code, store_id=shop.store.pk, terminal_id=None, at=clocks.now(), actor="till")

    answer = support.post(f"/admin/rewards/voucher/{voucher.pk}/cancel/", {"reason": "x"})

    assert "This voucher has been used already." in text(answer)
    assert available(voucher.member, clocks.now()) == 400


def test_the_members_page_tells_their_vouchers(support: Client, voucher: Voucher) -> None:
    shown = text(support.get(f"/admin/members/member/{voucher.member_id}/change/"))

    assert f"Mug {codes.masked(voucher.code)} 100 ready" in shown
    assert voucher.code not in shown


def test_an_expired_voucher_shows_as_such_before_the_night(support: Client, voucher: Voucher) -> None:
    Reward.objects.update(voucher_days=1)
    old = redeem(voucher.member, token="2", at=clocks.now() - timedelta(days=9)).voucher

    assert "expired" in text(support.get(f"/admin/rewards/voucher/?q={codes.written(old.code)}"))


def test_finance_sees_whose_it_was_by_number_only(voucher: Voucher) -> None:
    finance = at_desk("finance")

    for url in ("/admin/rewards/voucher/", f"/admin/rewards/voucher/{voucher.pk}/change/"):
        shown = text(finance.get(url))
        assert voucher.member.number in shown
        assert "Ada Lovelace" not in shown
    assert Member.objects.count() == 1


def test_the_admin_speaks_chinese(voucher: Voucher) -> None:
    chinese = at_desk("superuser")
    chinese.cookies["django_language"] = "zh-hans"
    supply.change_stock(voucher.reward, 1, actor=None)

    with translation.override("zh-hans"):  # and after it, whatever was spoken before
        assert "马克杯" in text(chinese.get("/admin/rewards/reward/"))
        assert "可使用" in text(chinese.get("/admin/rewards/voucher/"))
