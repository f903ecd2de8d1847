"""Receipts at the desk: what they earned, what came back, and giving one to a member."""

from datetime import timedelta

import pytest
from django.test import Client

from access.models import AuditEntry
from members.models import Member
from points.models import Account
from pos.models import Settlement
from sales.models import Purchase, Return
from tests import factories
from tests.admin.desk import NOON, Story, at_desk, confirm, text
from tests.factories import Shop
from tests.pos.selling import receipt, sell


@pytest.fixture
def cashier(shop: Shop) -> Client:
    return at_desk("cashier")


@pytest.fixture
def unclaimed(shop: Shop) -> Purchase:
    """A receipt over £25 that nobody collected points for, of yesterday."""
    (sale,) = sell(receipt(shop, "R-9", "25.00", at=NOON - timedelta(days=1)))
    return Purchase.objects.get(pk=sale.purchase_id)


def address(purchase: Purchase) -> str:
    return f"/admin/sales/purchase/{purchase.pk}/give/"


@pytest.mark.parametrize("by", ["number", "phone", "email"])
def test_a_receipt_is_given_to_a_member(shop: Shop, cashier: Client, unclaimed: Purchase, by: str) -> None:
    member = factories.member(email="ada@example.com")
    who = str(getattr(member, by))

    preview = cashier.post(address(unclaimed), {"member": who})
    done = confirm(cashier, address(unclaimed), {"member": who})

    assert f"member Ada Lovelace member number {member.number}" in text(preview)
    assert done.status_code == 302
    unclaimed.refresh_from_db()
    assert unclaimed.member_id == member.pk
    assert Account.objects.get(member=member).available == 25
    assert Settlement.objects.get(purchase=unclaimed).posting is not None
    assert f"given to member {member.number} and earned 25 points." in text(cashier.get(done["Location"]))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.changes) == (
        "purchase.assigned",
        f"purchase:{unclaimed.pk}",
        {"member": member.pk},
    )


def test_a_receipt_is_given_once(story: Story, cashier: Client) -> None:
    other = factories.member(name="Grace Hopper")
    purchase = Purchase.objects.get()

    page = confirm(cashier, address(purchase), {"member": other.number})

    assert "This receipt was already given to a member." in text(page)
    assert Account.objects.filter(member=other).count() == 0
    assert "/give/" not in cashier.get(f"/admin/sales/purchase/{purchase.pk}/change/").content.decode()


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("000000000000", "No member is known by this. You can enrol them."),
        ("nobody@example.com", "No member is known by this. You can enrol them."),
        ("12", "This is not a phone number."),
    ],
)
def test_a_receipt_is_given_to_nobody_unknown(
    shop: Shop, cashier: Client, unclaimed: Purchase, who: str, refusal: str
) -> None:
    page = confirm(cashier, address(unclaimed), {"member": who})

    assert refusal in text(page)
    assert Purchase.objects.get().member_id is None


def test_a_suspended_member_gets_no_receipt(shop: Shop, cashier: Client, unclaimed: Purchase) -> None:
    member = factories.member(status=Member.Status.SUSPENDED)

    page = confirm(cashier, address(unclaimed), {"member": member.number})

    assert "This membership is on hold" in text(page)
    assert Purchase.objects.get().member_id is None


def test_a_purchase_shows_lines_points_and_returns(story: Story, cashier: Client) -> None:
    page = text(cashier.get(f"/admin/sales/purchase/{story.sale.purchase_id}/change/"))

    assert "1 SKU-1 - gift 1 £60.00" in page
    assert "+100 points +100 1 point per £1 · £100.00" in page
    assert "RET-1 1 Jun 2026, 12:00 1 × SKU-2 £40.00 −40 points" in page


def test_a_return_shows_its_goods_and_points(story: Story, cashier: Client) -> None:
    page = text(cashier.get(f"/admin/sales/return/{Return.objects.get().pk}/change/"))

    assert "2 SKU-2 1 £40.00" in page
    assert "−40 points" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=R-9", {"R-9"}),
        ("?q=R-", set()),
        ("?given=no", {"R-9"}),
        ("?given=yes", {"R-1"}),
        ("?business_on_from=2026-06-01&business_on_to=2026-06-30", {"R-1"}),
        ("", {"R-1", "R-9"}),
    ],
)
def test_receipts_are_found(story: Story, cashier: Client, unclaimed: Purchase, query: str, found: set[str]) -> None:
    page = text(cashier.get(f"/admin/sales/purchase/{query}"))

    assert {number for number in ("R-1", "R-9") if f" {number} LON-1/T1" in page} == found


def test_receipts_are_found_by_their_code_and_by_the_member(story: Story, cashier: Client, unclaimed: Purchase) -> None:
    by_code = text(cashier.get(f"/admin/sales/purchase/?q={unclaimed.claim_code.lower()}"))
    by_member = text(cashier.get(f"/admin/sales/purchase/?q={story.member.number}"))

    assert ("R-9 LON" in by_code, "R-1 LON" in by_code) == (True, False)
    assert ("R-9 LON" in by_member, "R-1 LON" in by_member) == (False, True)
