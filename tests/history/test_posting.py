"""Posting a file: exact totals, points as they would have been, repeats that change nothing."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction

from core.models import Event, Programme
from members.models import Member
from points import verification
from points.models import Account, Lot, Posting
from pos import returns
from pos.history import posting
from pos.history.plan import Reason
from pos.receipts import Brought
from sales.models import Category, Product, Purchase, PurchaseLine, Return, ReturnLine, Terminal
from tests import factories
from tests.history import ledger, samples
from tests.history.conftest import Run
from tests.history.samples import Book
from tiers.models import QualifyingDay, Standing


def book_of(customer: str = "17850") -> Book:
    """Four jars for 8.00 and postage of 18.00; one jar comes back."""
    book = Book().line("1", "JAR", 4, "2.00", customer).line("1", "POST", 1, "18.00", customer)
    return book.line("C2", "JAR", -1, "2.00", customer)


def test_the_real_lines_are_posted_to_the_penny(run: Run) -> None:
    report = run()
    assert [(total.receipts, total.lines, total.amount) for total in report.totals()] == [
        (33, 210, Decimal("181217.38")),
        (3, 34, Decimal("350.32")),
        (17, 32, Decimal("-169672.37")),
        (0, 1, Decimal("-95.38")),
        (0, 7, Decimal("-687.06")),
        (0, 4, Decimal("-38.90")),
        (0, 9, Decimal("-9.97")),
        (0, 2, Decimal("-92.24")),
        (0, 3, Decimal(0)),
        (0, 3, Decimal("-11062.06")),
        (0, 1, Decimal("0.001")),
    ]
    assert report.difference == 0
    assert (Purchase.objects.count(), PurchaseLine.objects.count()) == (36, 244)
    assert (Return.objects.count(), ReturnLine.objects.count()) == (17, 31)
    assert Member.objects.count() == 13


def test_a_second_run_changes_nothing_and_reports_the_same(run: Run) -> None:
    first = run()
    before = ledger.state()
    second = run()
    assert ledger.state() == before
    assert (second.totals(), second.rest, second.booked) == (first.totals(), first.rest, first.booked)


def test_the_size_of_the_batches_does_not_matter(run: Run) -> None:
    states = []
    for batch in (1, 7, 1000):
        start = transaction.savepoint()
        run(batch=batch)
        states.append(ledger.state())
        transaction.savepoint_rollback(start)
    assert states[0] == states[1] == states[2]
    assert len(states[0]["postings"]) > 50


def test_a_dry_run_reports_the_same_and_writes_nothing(run: Run) -> None:
    planned = run(dry_run=True)
    assert (Purchase.objects.count(), Member.objects.count(), Product.objects.count()) == (0, 0, 0)
    posted = run()
    assert (planned.totals(), planned.rest, planned.booked) == (posted.totals(), posted.rest, posted.booked)


def test_a_receipt_is_booked_for_its_own_moment_by_the_shops_clock(run: Run, tmp_path: Path) -> None:
    row = "1,JAR,Jar,1,2011-07-01 00:30:00,2.00,17850,UK"
    run(samples.write(tmp_path / "a.csv", [row]))
    purchase = Purchase.objects.get()
    moment = datetime(2011, 6, 30, 23, 30, tzinfo=UTC)
    assert (purchase.occurred_at, purchase.recorded_at, purchase.business_on) == (moment, moment, date(2011, 6, 30))
    member = Member.objects.get()
    assert (member.external_id, member.enrolled_at, member.enrolled_via) == ("retail:17850", moment, "file:LON-1")
    assert Event.objects.get(kind="purchase.recorded").occurred_at == moment


def test_goods_may_come_back_after_the_hour_that_the_clock_skipped(run: Run, tmp_path: Path) -> None:
    rows = ["1,JAR,Jar,3,2011-03-27 01:50:00,2.00,17850,UK", "C2,JAR,Jar,-1,2011-03-27 02:10:00,2.00,17850,UK"]

    report = run(samples.write(tmp_path / "a.csv", rows))

    assert report.difference == 0
    assert Purchase.objects.get().occurred_at == datetime(2011, 3, 27, 1, 50, tzinfo=UTC)
    assert Return.objects.get().occurred_at == datetime(2011, 3, 27, 1, 50, tzinfo=UTC)


def test_points_are_those_of_the_day_and_services_earn_none(run: Run, tmp_path: Path) -> None:
    run(book_of().write(tmp_path / "a.csv"))
    accrual, reversal = Posting.objects.order_by("number")
    assert (accrual.kind, accrual.points, accrual.occurred_at) == ("accrue", 8, datetime(2026, 3, 2, 9, 3, tzinfo=UTC))
    assert (reversal.kind, reversal.points, reversal.reverses) == ("reverse", -2, accrual)
    lot = Lot.objects.get()
    assert (lot.granted, lot.remaining, lot.is_pending) == (8, 6, True)
    assert lot.available_at == datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
    assert lot.expires_at == datetime(2027, 4, 1, 3, 0, tzinfo=UTC)
    day = QualifyingDay.objects.get()
    assert (day.amount, day.points, day.purchases) == (Decimal("6.000"), 6, 1)
    assert dict(PurchaseLine.objects.values_list("sku", "category")) == {"JAR": "", "POST": "service"}


def test_points_mature_expire_and_tiers_rise_as_they_did(run: Run, tmp_path: Path) -> None:
    rows = [
        "1,JAR,Jar,300,2011-01-03 10:00:00,2.00,17850,UK",
        "2,JAR,Jar,1,2011-02-01 10:00:00,100.00,17850,UK",
        "3,JAR,Jar,1,2012-02-01 10:00:00,4.00,17850,UK",
    ]
    run(samples.write(tmp_path / "a.csv", rows))
    kinds = Posting.objects.order_by("number").values_list("kind", "points", "moved", "occurred_at")
    assert [(kind, points, moved) for kind, points, moved, _at in kinds] == [
        ("accrue", 600, 600),
        ("mature", 0, 600),
        ("accrue", 125, 125),
        ("mature", 0, 125),
        ("expire", -600, 600),
        ("accrue", 5, 5),
    ]
    assert kinds[4][3] == datetime(2012, 2, 1, 4, 0, tzinfo=UTC)
    account = Account.objects.get()
    assert (account.pending, account.available, account.debt) == (5, 125, 0)
    assert Standing.objects.get().tier.code == "silver"
    assert verification.faults() == []


def test_products_are_listed_under_their_first_name_and_known_ones_left_alone(run: Run, tmp_path: Path) -> None:
    jars = Category.objects.create(code="jars", name_en="Jars", name_zh_hans="罐子")
    factories.product("JAR", category=jars, price=Decimal(3))
    run(book_of().line("3", "LID", 1, "0.50").write(tmp_path / "a.csv"))
    assert list(Product.objects.order_by("sku").values_list("sku", "name", "price", "category__code")) == [
        ("JAR", "Mug", Decimal("3.000"), "jars"),
        ("LID", "A LID", Decimal("0.500"), None),
        ("POST", "A POST", Decimal("18.000"), "service"),
    ]
    assert PurchaseLine.objects.get(sku="JAR").category == "jars"


def test_a_receipt_without_customer_is_a_purchase_without_member(run: Run, tmp_path: Path) -> None:
    run(Book().line("1", "JAR", 4, "2.00", "").write(tmp_path / "a.csv"))
    assert Purchase.objects.get().member is None
    assert (Member.objects.count(), Account.objects.count()) == (0, 0)


def test_a_customer_who_is_a_member_already_is_found(run: Run, tmp_path: Path) -> None:
    known = factories.member(external_id="retail:17850")
    run(book_of().write(tmp_path / "a.csv"))
    assert Purchase.objects.get().member == known
    assert Member.objects.count() == 1


def test_a_member_who_is_suspended_accrues_nothing_and_is_listed(run: Run, tmp_path: Path) -> None:
    factories.member(external_id="retail:17850", status=Member.Status.SUSPENDED)
    report = run(book_of().write(tmp_path / "a.csv"))
    assert [(rest.line, rest.amount, rest.reason) for rest in report.rest] == [
        (2, Decimal("8.00"), Reason.NOT_ACTIVE),
        (3, Decimal("18.00"), Reason.NOT_ACTIVE),
        (4, Decimal("-2.00"), Reason.NOT_ACTIVE),
    ]
    assert (Purchase.objects.count(), report.difference) == (0, Decimal(0))


def test_a_receipt_recorded_with_other_contents_is_listed_and_so_is_what_came_back_of_it(
    run: Run, tmp_path: Path
) -> None:
    run(book_of().write(tmp_path / "a.csv"))
    changed = Book().line("1", "JAR", 5, "2.00").line("1", "POST", 1, "18.00").line("C2", "JAR", -1, "2.00")
    report = run(changed.line("3", "LID", 1, "1.00").write(tmp_path / "b.csv"))
    assert [(rest.line, rest.quantity, rest.amount, rest.reason) for rest in report.rest] == [
        (2, 5, Decimal("10.00"), Reason.CONFLICT),
        (3, 1, Decimal("18.00"), Reason.CONFLICT),
        (4, -1, Decimal("-2.00"), Reason.CONFLICT),
    ]
    assert report.difference == 0
    assert Purchase.objects.get(number="1").amount == Decimal("26.000")
    assert Purchase.objects.get(number="3").amount == Decimal("1.000")


def test_what_came_back_at_a_till_meanwhile_is_listed_and_the_others_of_the_batch_are_posted(
    run: Run, terminal: Terminal, tmp_path: Path
) -> None:
    sale = Book().line("1", "JAR", 4, "2.00").line("2", "LID", 4, "1.00", "12680")
    run(sale.line("C9", "JAR", -3, "2.00").line("C9", "JAR", 0, "2.00").write(tmp_path / "a.csv"), dry_run=True)
    run(Book().line("1", "JAR", 4, "2.00").line("2", "LID", 4, "1.00", "12680").write(tmp_path / "b.csv"))
    at = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    bought = Purchase.objects.get(number="1")
    brought = Brought(bought.pk, "R1", ((1, Decimal(2)),), terminal.pk, at, at)
    returns.record([brought], programme=factories.programme(day_ends_at=4), actor="till:LON-1/T1")
    book = Book().line("1", "JAR", 4, "2.00").line("2", "LID", 4, "1.00", "12680")
    report = run(book.line("C9", "JAR", -3, "2.00").line("C8", "LID", -1, "1.00", "12680").write(tmp_path / "c.csv"))
    assert [(rest.line, rest.quantity, rest.reason) for rest in report.rest] == [(4, -3, Reason.CONFLICT)]
    assert sorted(Return.objects.values_list("number", flat=True)) == ["C8", "R1"]
    assert report.difference == 0


def test_while_a_rule_gives_points_for_services_nothing_is_posted(run: Run, tmp_path: Path) -> None:
    rule = factories.rule(factories.point_type("stars", is_default=False), "stars")
    assert rule.begins_at == datetime(2025, 1, 1, tzinfo=UTC)
    assert run().difference == 0  # the rule began after the file
    with pytest.raises(posting.ServicesEarn, match=re.escape("The rule “stars” gives points")):
        run(book_of().write(tmp_path / "a.csv"))
    assert not Purchase.objects.filter(number="1").exists()


def test_products_are_known_whatever_the_case_of_their_code(run: Run, tmp_path: Path) -> None:
    rows = [
        "1,85123a,Heart,2,2011-01-03 10:00:00,2.00,17850,UK",
        "C2,85123A,Heart,-2,2011-01-04 10:00:00,2.00,17850,UK",
    ]
    report = run(samples.write(tmp_path / "a.csv", rows))
    assert (report.rest, report.returns.amount) == ([], Decimal("-4.00"))
    assert Product.objects.get().sku == "85123A"


def test_a_receipt_that_is_too_large_is_listed_and_not_posted(run: Run, tmp_path: Path) -> None:
    Programme.objects.update(largest_purchase=Decimal("25.99"))

    report = run(book_of().line("2", "JAR", 2, "2.00").write(tmp_path / "a.csv"))

    assert [(rest.invoice, rest.amount, rest.reason) for rest in report.rest] == [
        ("1", Decimal("8.00"), Reason.TOO_LARGE),
        ("1", Decimal("18.00"), Reason.TOO_LARGE),
        ("C2", Decimal("-2.00"), Reason.TOO_LARGE),
    ]
    assert report.difference == 0
    assert list(Purchase.objects.values_list("number", "amount")) == [("2", Decimal("4.00"))]


def test_prices_finer_than_a_coin_are_booked_in_coins_and_the_rest_is_listed(run: Run, tmp_path: Path) -> None:
    book = Book().line("1", "BEAD", 3, "1.125").line("C2", "BEAD", -1, "1.125").line("C3", "BEAD", -2, "1.125")

    report = run(book.write(tmp_path / "beads.csv"))

    assert Purchase.objects.get().amount == Decimal("3.38")
    assert sum(Return.objects.values_list("amount", flat=True)) == Decimal("3.38")
    assert [(rest.reason, rest.quantity, rest.amount) for rest in report.rest] == [
        (Reason.ROUNDING, 0, Decimal("-0.005")),
        (Reason.ROUNDING, 0, Decimal("0.005")),
    ]
    assert Product.objects.get(sku="BEAD").price == Decimal("1.13")
    assert report.difference == 0
