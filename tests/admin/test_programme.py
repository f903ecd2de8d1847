"""Settings of the programme: brand, stores, goods, tiers, point types."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access.models import AuditEntry
from core.models import Logo, Programme
from points.models import PointType
from portal import theme
from sales.models import Category, Product, Purchase, Store
from tests.admin.desk import NOON, Story, at_desk, text
from tests.factories import Shop
from tests.portal.test_brand import picture
from tests.pos.selling import receipt, sell
from tiers.models import Scheme, Tier


@pytest.fixture
def administrator(shop: Shop) -> Client:
    return at_desk("administrator")


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
