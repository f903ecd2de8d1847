"""Jobs, the day's figures, settings, texts, messages."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access.models import AuditEntry
from core import clock as clocks
from core.models import JobRun, Logo, Programme
from loyalty_site import night
from members.models import Wording
from messaging.models import Message
from points.models import PointType
from portal import theme
from sales.models import Category, Product, Purchase, Store
from tests import factories
from tests.admin.desk import NOON, Story, at_desk, text
from tests.factories import Shop
from tests.portal.test_brand import picture
from tests.pos.selling import receipt, sell
from tiers.models import Scheme, Tier


@pytest.fixture
def administrator(shop: Shop) -> Client:
    return at_desk("administrator")


def test_a_job_is_asked_for_and_done(shop: Shop, administrator: Client, clock: time_machine.Traveller) -> None:
    before = text(administrator.get("/admin/core/jobrun/"))
    administrator.post("/admin/core/jobrun/run/points.expire/")
    asked = text(administrator.get("/admin/core/jobrun/"))
    night.run_requested(at=clocks.now())
    after = text(administrator.get("/admin/core/jobrun/"))

    assert (
        "Points that were not used in time expire. Held points stay. Last run not yet Next run 2 Jun 2026, 00:00"
        in before
    )
    assert "Expiry requested" in asked
    assert "Expiry done" in after
    assert "It took less than a second" in after
    run = JobRun.objects.get()
    assert (run.job, run.state, run.requested_by) == ("points.expire", "done", "administrator")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.changes) == ("job.requested", {"job": "points.expire"})


def test_a_job_tells_what_it_did_and_what_went_wrong(shop: Shop, administrator: Client) -> None:
    at = clocks.now()
    JobRun.objects.create(
        job="points.expire",
        period="2026-05-31",
        state="done",
        started_at=at - timedelta(seconds=75),
        finished_at=at,
        done={"accounts": 1200, "points": 34567},
    )
    JobRun.objects.create(job="tiers.review", period="2026-05-31", state="failed", started_at=at, error="No ladder")

    page = text(administrator.get("/admin/core/jobrun/"))

    assert "It did accounts 1,200, points 34,567 It took 75 seconds" in page
    assert "Error No ladder" in page


def test_an_unknown_job_can_not_be_started(shop: Shop, administrator: Client) -> None:
    assert administrator.post("/admin/core/jobrun/run/points.steal/").status_code == 404
    assert administrator.get("/admin/core/jobrun/run/points.expire/").status_code == 403
    assert JobRun.objects.count() == 0


def test_the_page_says_when_the_clock_is_silent(
    shop: Shop, administrator: Client, clock: time_machine.Traveller
) -> None:
    never = text(administrator.get("/admin/core/jobrun/"))
    night.feel_pulse(at=clocks.now())
    alive = text(administrator.get("/admin/core/jobrun/"))
    clock.shift(timedelta(minutes=10))
    silent = text(administrator.get("/admin/core/jobrun/"))

    assert "The clock has not been seen" in never
    assert "The clock has" not in alive
    assert "The clock has been silent for 10\xa0minutes".replace("\xa0", " ") in silent.replace("\xa0", " ")


def test_settings_are_changed_and_recorded(shop: Shop, administrator: Client) -> None:
    form = {
        "name_en": "Gift Circle",
        "name_zh_hans": "礼品圈",
        "country": "GB",
        "language": "en",
        "time_zone": "Europe/London",
        "day_ends_at": "3",
        "late_grace_days": "14",
        "expiry_notice_days": "30",
        "oldest_receipt_days": "90",
        "largest_purchase": "5000",
        "age_of_consent": "16",
        "currency": "XXX",
    }

    revision = Programme.objects.get().revision
    done = administrator.post("/admin/core/programme/1/change/", form)

    assert done.status_code == 302
    programme = Programme.objects.get()
    assert (programme.name, programme.day_ends_at, programme.currency) == ("Gift Circle", 3, "GBP")
    assert programme.revision == revision + 1
    assert programme.most_of_a_purchase == Decimal(5000)
    changes = AuditEntry.objects.get().changes
    assert changes["day_ends_at"] == [0, 3]
    assert changes["name_en"] == ["Gift Club", "Gift Circle"]
    assert "Gift Circle" in text(administrator.get("/admin/"))


def test_what_receipts_are_recorded_by_stays_after_the_first_purchase(story: Story, administrator: Client) -> None:
    page = "/admin/core/programme/1/change/"
    given = administrator.get(page).context["adminform"].form.initial
    form = {name: "" if value is None else value for name, value in given.items()}

    refused = administrator.post(page, form | {"day_ends_at": "3", "time_zone": "Asia/Tokyo"})
    done = administrator.post(page, form | {"name_en": "Gift Circle"})

    assert text(refused).count("receipts and amounts are recorded by it") == 2
    assert done.status_code == 302
    programme = Programme.objects.get()
    assert (programme.name, programme.day_ends_at, programme.time_zone) == ("Gift Circle", 0, "Europe/London")


def test_a_stores_time_zone_stays_after_its_first_purchase(story: Story, administrator: Client) -> None:
    sold_at = Purchase.objects.values_list("store", flat=True)[0]
    form = {"name": "Soho", "is_active": "on"}

    refused = administrator.post(f"/admin/sales/store/{sold_at}/change/", form | {"time_zone": "Asia/Tokyo"})
    done = administrator.post(f"/admin/sales/store/{sold_at}/change/", form | {"time_zone": ""})

    assert "receipts and amounts are recorded by it" in text(refused)
    assert done.status_code == 302
    assert (Store.objects.get(pk=sold_at).name, Store.objects.get(pk=sold_at).time_zone) == ("Soho", "")


def test_the_brand_is_changed_in_admin_and_seen_at_once(shop: Shop, administrator: Client, client: Client) -> None:
    page = "/admin/core/programme/1/change/"
    form = administrator.get(page).context["adminform"].form.initial | {"theme_colour": "#1a56db"}
    form = {name: value for name, value in form.items() if value is not None}

    done = administrator.post(page, form | {"new_logo": SimpleUploadedFile("logo.png", picture())})

    assert done.status_code == 302
    light, _dark = theme.palette("#1a56db")
    assert f"--seal:{light['seal']};" in client.get("/theme.css").content.decode()
    assert 'class="brand__logo"' in client.get("/").content.decode()
    assert "data:image/png;base64," in administrator.get(page).content.decode()
    entry = AuditEntry.objects.latest("id")
    assert entry.changes["theme_colour"] == ["", "#1a56db"]
    assert entry.changes["new_logo"] == "***"

    administrator.post(page, form | {"without_logo": "on"})
    assert 'class="brand__seal"' in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"new_logo": b"<svg onload=alert(1)>"}, "can&#x27;t be read as a picture"),
        ({"theme_colour": "red;}"}, "Give a colour as # and six hex digits"),
    ],
)
def test_what_is_no_brand_is_refused_beside_its_field(
    shop: Shop, administrator: Client, told: dict[str, Any], words: str
) -> None:
    page = "/admin/core/programme/1/change/"
    form = {name: value for name, value in administrator.get(page).context["adminform"].form.initial.items() if value}
    if "new_logo" in told:
        told = {"new_logo": SimpleUploadedFile("logo.svg", told["new_logo"])}

    refused = administrator.post(page, form | told)

    assert refused.status_code == 200
    assert words in refused.content.decode()
    assert (Programme.objects.get().theme_colour, Logo.objects.count()) == ("", 0)


@pytest.mark.parametrize(("zone", "kept"), [("Asia/Shanghai", "Asia/Shanghai"), ("", ""), ("Mars/Olympus", "")])
def test_a_store_has_a_time_zone_that_there_is(shop: Shop, administrator: Client, zone: str, kept: str) -> None:
    """A till of a store in no zone could not date a sale."""
    page = f"/admin/sales/store/{shop.store.pk}/change/"

    administrator.post(page, {"name": "Covent Garden", "time_zone": zone, "is_active": "on"})

    assert Store.objects.get(pk=shop.store.pk).time_zone == kept


def test_prices_and_goods_are_told_in_full(shop: Shop, administrator: Client) -> None:
    Category.objects.create(code="tea", name_en="Tea", name_zh_hans="茶")
    Product.objects.create(sku="T-1", name="Sencha", price=Decimal("4.5"))
    (sold,) = sell(receipt(shop, "R-1", "4.50", at=NOON, category="tea"))

    assert "T-1 Sencha – £4.50" in text(administrator.get("/admin/sales/product/"))
    assert "Tea 1 £4.50" in text(administrator.get(f"/admin/sales/purchase/{sold.purchase_id}/change/"))


def test_the_list_of_settings_is_their_page(shop: Shop, administrator: Client) -> None:
    assert administrator.get("/admin/core/programme/")["Location"] == "/admin/core/programme/1/change/"
    assert administrator.get("/admin/tiers/scheme/")["Location"] == "/admin/tiers/scheme/1/change/"


def test_one_language_is_enough_and_stands_for_the_other(shop: Shop, administrator: Client) -> None:
    administrator.post("/admin/sales/category/add/", {"code": "tea", "name_en": "", "name_zh_hans": "茶"})
    refused = administrator.post("/admin/sales/category/add/", {"code": "rice", "name_en": "", "name_zh_hans": ""})

    assert list(Category.objects.values_list("code", "name_en", "name_zh_hans")) == [("tea", "茶", "茶")]
    assert "Fill this in, in one language at least." in text(refused)


def test_a_code_never_changes(shop: Shop, administrator: Client) -> None:
    place = f"/admin/sales/store/{shop.store.pk}/change/"

    administrator.post(place, {"code": "PARIS", "name": "Covent Garden Market", "time_zone": "", "is_active": "on"})

    store = Store.objects.get(pk=shop.store.pk)
    assert (store.code, store.name) == ("LON-1", "Covent Garden Market")


@pytest.mark.parametrize("hidden", ["\u202e", "\u200f", "\u2066", "\x07", "\u200b", "\ufeff"])
def test_names_hold_nothing_that_can_not_be_seen(shop: Shop, administrator: Client, hidden: str) -> None:
    store = f"/admin/sales/store/{shop.store.pk}/change/"
    programme = "/admin/core/programme/1/change/"
    form = {k: v for k, v in administrator.get(programme).context["adminform"].form.initial.items() if v is not None}

    for page, given in (
        (store, {"name": f"Covent{hidden} Garden", "time_zone": "", "is_active": "on"}),
        (programme, form | {"name_en": f"Gift{hidden} Club"}),
    ):
        assert "This holds characters that can't be seen" in text(administrator.post(page, given))
    assert Programme.objects.get().name == "Gift Club"
    assert Store.objects.get().name == "Covent Garden"


def test_what_is_in_use_is_not_deleted_and_the_page_says_why(shop: Shop) -> None:
    superuser = at_desk("superuser")
    sell(receipt(shop, "R-1", "4.50", at=NOON), receipt(shop, "R-2", "5.50", at=NOON))
    page = f"/admin/sales/store/{shop.store.pk}/delete/"

    asked = superuser.get(page, follow=True)
    done = superuser.post(page, {"post": "yes"}, follow=True)

    for answer in (asked, done):
        assert (
            "“Covent Garden” is in use and can't be deleted (terminals: 1, purchases: 2). "
            "Switch it off instead: untick “active”. What it was used for keeps its name." in text(answer)
        )
    assert Store.objects.filter(pk=shop.store.pk).exists()


def test_what_nobody_uses_is_deleted(shop: Shop) -> None:
    tea = Category.objects.create(code="tea", name_en="Tea", name_zh_hans="茶")
    Product.objects.create(sku="T-1", name="Sencha", category=tea)
    rice = Category.objects.create(code="rice", name_en="Rice", name_zh_hans="米")
    superuser = at_desk("superuser")

    kept = superuser.post(f"/admin/sales/category/{tea.pk}/delete/", {"post": "yes"}, follow=True)
    superuser.post(f"/admin/sales/category/{rice.pk}/delete/", {"post": "yes"})

    assert "“Tea” is in use and can't be deleted (products: 1)." in text(kept)
    assert list(Category.objects.values_list("code", flat=True)) == ["tea"]


def test_tiers_are_edited_with_both_texts(shop: Shop, administrator: Client) -> None:
    silver = shop.tiers[1]
    form = {
        "name_en": "Silver",
        "name_zh_hans": "银",
        "threshold": "600",
        "multiplier": "1.30",
        "colour": "#112233",
        "picture": "moon",
        "benefits_en": "More points",
        "benefits_zh_hans": "更多积分",
        "rank": "7",
    }

    administrator.post(f"/admin/tiers/tier/{silver.pk}/change/", form)

    tier = Tier.objects.get(pk=silver.pk)
    assert (int(tier.threshold), str(tier.multiplier), tier.colour, tier.rank) == (600, "1.30", "#112233", 1)
    assert AuditEntry.objects.get().changes["threshold"] == ["500.000", "600"]


@pytest.mark.parametrize(
    ("threshold", "refusal"),
    [("0", "More than Member asks for."), ("2000", "Less than Gold asks for."), ("-1", "More than Member asks for.")],
)
def test_each_tier_asks_for_more_than_the_one_below(
    shop: Shop, administrator: Client, threshold: str, refusal: str
) -> None:
    silver = shop.tiers[1]
    form = {"name_en": "Silver", "multiplier": "1.30", "colour": "#112233", "picture": "moon", "threshold": threshold}

    page = administrator.post(f"/admin/tiers/tier/{silver.pk}/change/", form)

    assert refusal in text(page)
    assert Tier.objects.get(pk=silver.pk).threshold == 500


@pytest.mark.parametrize(
    ("window", "months", "refusal"),
    [
        ("calendar", "5", "A calendar period has 1, 3, 6 or 12 months."),
        ("rolling", "37", "At most 36 months."),
        ("rolling", "0", "Ensure this value is greater than or equal to 1."),
    ],
)
def test_a_scheme_that_makes_no_sense_is_refused(
    shop: Shop, administrator: Client, window: str, months: str, refusal: str
) -> None:
    page = administrator.post("/admin/tiers/scheme/1/change/", {"basis": "amount", "window": window, "months": months})

    assert refusal in text(page)
    assert (Scheme.objects.get().window, Scheme.objects.get().months) == ("rolling", 12)


def test_there_is_one_main_point_type(shop: Shop, administrator: Client) -> None:
    form = {
        "code": "miles",
        "name_en": "mile",
        "name_zh_hans": "里程",
        "name_plural_en": "miles",
        "name_plural_zh_hans": "里程",
        "is_default": "on",
        "pending_days": "0",
        "worth": "0",
    }

    refused = administrator.post("/admin/points/pointtype/add/", form)
    administrator.post("/admin/points/pointtype/add/", {k: v for k, v in form.items() if k != "is_default"})

    assert "points are the main ones already." in text(refused)
    assert list(PointType.objects.order_by("pk").values_list("code", "is_default")) == [
        ("points", True),
        ("miles", False),
    ]


def test_a_text_is_published_as_a_new_version(shop: Shop) -> None:
    client = at_desk("marketing")
    first = Wording.objects.filter(kind="terms").count()

    client.post("/admin/members/wording/add/", {"kind": "terms", "text_en": "Be kind.", "text_zh_hans": "与人为善。"})
    refused = client.post("/admin/members/wording/add/", {"kind": "terms", "text_en": "Only English."})

    newest = Wording.objects.filter(kind="terms").latest("version")
    assert (newest.version, newest.text_en, newest.text_zh_hans) == (first + 1, "Be kind.", "与人为善。")  # type: ignore[attr-defined]
    assert refused.status_code == 200
    assert AuditEntry.objects.get().action == "wording.publish"
    assert client.post(f"/admin/members/wording/{newest.pk}/change/", {"text_en": "Be rude."}).status_code == 403


def test_a_sign_in_code_is_not_shown(shop: Shop) -> None:
    member = factories.member()
    message = Message.objects.create(
        reference="code:1",
        member=member,
        kind="code",
        channel="sms",
        address=str(member.phone),
        language="en",
        subject="Your code 482913",
        body="482913 is your code",
        is_secret=True,
    )

    page = text(at_desk("support").get(f"/admin/messaging/message/{message.pk}/change/"))

    assert "482913" not in page
    assert "Not shown: it holds a sign-in code." in page


def test_messages_are_found_by_member(shop: Shop) -> None:
    ada, grace = factories.member(email="ada@example.com"), factories.member(email="grace@example.com")
    for member in (ada, grace):
        named = {"reference": f"tier:{member.pk}", "kind": "tier", "channel": "email", "language": "en"}
        Message.objects.create(member=member, address=str(member.email), **named)
    client = at_desk("support")

    found = [text(client.get(f"/admin/messaging/message/?q={term}")) for term in (ada.number, "ada@example.com")]

    assert [("ada@" in page, "grace@" in page) for page in found] == [(True, False)] * 2


def test_the_history_of_a_thing_is_its_audit_trail(shop: Shop, administrator: Client) -> None:
    place = f"/admin/sales/store/{shop.store.pk}"
    administrator.post(f"{place}/change/", {"name": "Strand", "time_zone": "", "is_active": "on"})

    history = administrator.get(f"{place}/history/", follow=True)

    assert "administrator store: changed store.changed" in text(history)
    assert "name Covent Garden → Strand" in text(history)
