"""The demo: a real year that ends yesterday, people who don't exist, logins that work; repeated and taken up again."""

import gzip
import hashlib
import io
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.management import CommandError, call_command
from django.test import override_settings

from access.models import User
from campaigns.models import Greeting, Segment
from core.models import JobRun, Programme
from loyalty_site.demo import builder, founding, goods, loading, names, staff
from loyalty_site.demo import logins as demo
from loyalty_site.demo import year as years
from members import birthdays, contacts
from members.models import Consent, Member
from messaging import inbox
from points import verification
from points.models import Account, Posting
from rewards import catalogue
from rewards.models import Voucher
from sales.models import Product, Purchase, Return, Terminal
from tests import factories
from tests.campaigns.wishes import greet
from tests.history import ledger

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def load(**options: object) -> str:
    output = io.StringIO()
    call_command("load_demo", stdout=output, **options)
    return output.getvalue()


def test_the_data_is_small_and_shows_every_kind_of_story() -> None:
    assert years.DATA.stat().st_size < 200_000
    year = years.read()
    assert (year.survey.lines, year.survey.amount) == (13315, Decimal("245103.34"))
    assert (len(year.events), len(year.sales), len(year.customers), len(year.products())) == (1359, 1222, 280, 2379)
    assert (year.begins_at.date(), year.ends_at.date()) == (date(2010, 12, 1), date(2011, 12, 9))
    assert sum(1 for sale in year.sales if not sale.customer) == 120


def test_chosen_once_more_out_of_itself_the_data_is_the_same(tmp_path: Path) -> None:
    taken = builder.build(years.DATA, tmp_path / "again.csv.gz")
    assert taken == {**builder.WANTED, "walk-in receipts": 120}
    again, before = (gzip.decompress(path.read_bytes()) for path in (tmp_path / "again.csv.gz", years.DATA))
    assert again == before


def test_nobody_of_the_invented_people_exists_twice_or_can_be_reached() -> None:
    people = [names.person(index) for index in range(280)]
    assert len({person.name for person in people}) == 280
    phones = [person.phone for person in people if person.phone]
    emails = [person.email for person in people if person.email]
    assert len(set(phones)) == len(phones) == 240
    assert len(set(emails)) == len(emails) == 200
    assert all(phone.startswith("+447700900") and contacts.phone(phone, "GB") == phone for phone in phones)
    assert all(email.endswith("@example.com") and contacts.email(email) == email for email in emails)
    assert all(person.phone or person.email for person in people)


def test_birthdays_are_possible_and_of_every_kind() -> None:
    told = [person.birthday for person in map(names.person, range(280)) if person.birthday]
    for birthday in told:
        birthdays.check(birthday, on=date(2026, 1, 1))
    assert {(b.calendar, b.is_leap_month, b.year is None) for b in told} >= {
        ("solar", False, True),
        ("solar", False, False),
        ("lunar", False, False),
        ("lunar", True, False),
    }
    assert any((b.month, b.day) == (2, 29) for b in told)


def test_products_are_sorted_by_their_names() -> None:
    found = {line.name: goods.category(line) for line in years.read().products()}
    assert found["WHITE HANGING HEART T-LIGHT HOLDER"] == "lights"
    assert found["POSTAGE"] == "service"
    assert found["RED RETROSPOT CAKE STAND"] == "kitchen"


@time_machine.travel(NOW, tick=False)
def test_the_head_founds_the_programme_and_posts_the_oldest_receipts(db: None) -> None:
    assert load(head=60).splitlines()[-1] == "demo begun: 60 of 1,359 receipts"
    programme = Programme.objects.get()
    assert (programme.name, programme.currency, programme.time_zone, programme.day_ends_at) == (
        "Changke Gifts",
        "GBP",
        "Europe/London",
        4,
    )
    run = JobRun.objects.get()
    assert (run.job, run.period, run.state, run.done, run.total) == (
        "demo.load",
        "2026-11-21",
        JobRun.State.RUNNING,
        {"receipts": 60},
        1359,
    )
    assert Member.objects.count() == 280
    assert Product.objects.count() == 2379
    assert Purchase.objects.count() + Return.objects.count() == 60
    first = Purchase.objects.earliest("occurred_at")
    assert (first.number, first.occurred_at) == ("536365", datetime(2025, 11, 13, 8, 26, tzinfo=UTC))
    assert set(Purchase.objects.values_list("store__code", flat=True)) == {"LON-1", "LON-2", "LON-3"}
    assert verification.faults() == []


@time_machine.travel(NOW, tick=False)
def test_begun_twice_it_is_begun_once(db: None) -> None:
    load(head=20)
    before = ledger.state()
    assert load(head=20).splitlines()[-1] == "demo begun: 20 of 1,359 receipts"
    assert ledger.state() == before
    assert User.objects.count() == 5


@pytest.mark.slow
def test_the_rest_ends_yesterday_also_when_it_is_loaded_a_day_later(db: None) -> None:
    with time_machine.travel(NOW, tick=False):
        load(head=100)
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert load(rest=True).splitlines()[-1] == "demo loaded: 1,359 of 1,359 receipts"
        before = ledger.state()
        assert load(rest=True).splitlines()[-1] == "demo loaded: 1,359 of 1,359 receipts"
    assert ledger.state() == before
    assert (Purchase.objects.count(), Return.objects.count()) == (1222, 137)
    assert Purchase.objects.latest("occurred_at").occurred_at == datetime(2026, 11, 21, 9, 46, tzinfo=UTC)
    assert JobRun.objects.get().state == JobRun.State.DONE
    assert verification.faults() == []
    assert not Posting.objects.filter(occurred_at__gt=NOW + timedelta(days=1)).exists()
    assert Account.objects.filter(pending__gt=0).exists()
    assert Consent.objects.filter(purpose="marketing", granted=True).count() == 94
    assert Counter(Voucher.objects.values_list("state", flat=True)) == {
        "issued": 6,
        "used": 5,
        "cancelled": 2,
        "expired": 2,
    }
    shown = {each.reward.code: str(each.state) for each in catalogue.offerings(None, at=NOW + timedelta(days=1))}
    assert (shown["spotty-bag"], shown["spring-wreath"]) == ("sold_out", "not_yet")
    assert all(Segment.objects.values_list("members", flat=True))
    assert Segment.objects.count() == 3
    assert_greetings_are_on()


def assert_greetings_are_on() -> None:
    """The latest festival was greeted; whose birthday was the day of the founding is greeted as soon as beat runs."""
    on = Greeting.objects.filter(is_active=True).values_list("name", flat=True)
    assert list(on) == [
        "Birthday", "Points will expire in 30 days", "Points will expire in 7 days", "Chinese festivals",
        "Western festivals",
    ]  # fmt: skip
    first = Member.objects.get(external_id=f"{founding.PREFIX}{years.read().customers[0]}")
    with time_machine.travel(NOW, tick=False):
        greet(NOW)
    letters = [letter.subject for letter in inbox.letters(first.pk)]
    assert letters[:2] == [f"{first.name}，生日快乐！", "重阳节快乐"]
    assert Voucher.objects.filter(member=first, points=0).count() == 1
    assert verification.faults() == []


def test_a_programme_that_is_not_the_demo_is_left_alone(db: None) -> None:
    factories.shop()
    with pytest.raises(CommandError, match="it is not the demo"):
        load(head=10)
    with pytest.raises(CommandError, match="no demo here whose rest could be loaded"):
        load(rest=True)
    assert (Purchase.objects.count(), Member.objects.count()) == (0, 0)


@pytest.fixture
def founded(db: None) -> None:
    """The demo before its first receipt."""
    founding.found(years.read(), ends_on=date(2026, 11, 21), at=NOW)


def test_what_the_logins_show_opens_the_demo(founded: None) -> None:
    output = io.StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("demo_logins", json=True, stdout=output)
        shown = json.loads(output.getvalue())
        prefix, _, secret = shown["terminal_key"].partition(".")
        terminal = Terminal.objects.get(store__code="LON-1", code="T1")
        assert (terminal.key_prefix, terminal.key_hash) == (prefix, hashlib.sha256(secret.encode()).hexdigest())
        assert [login["username"] for login in shown["staff"]] == [
            "administrator",
            "cashier",
            "support",
            "marketing",
            "finance",
        ]
        for login in shown["staff"]:
            user = User.objects.get(username=login["username"])
            assert user.check_password(login["password"])
            assert user.is_staff
            assert [group.name for group in user.groups.all()] == [login["username"]]
            authenticator = Authenticator.objects.get(user=user, type="totp")
            assert totp.TOTP(authenticator).validate_code(login["totp_code"])
    assert [login["language"] for login in shown["members"]] == ["zh-hans", "en"]
    assert shown["member_number"] == shown["members"][0]["number"]
    assert Member.objects.get(number=shown["member_number"]).name == "林晓梅"


def test_with_another_secret_what_can_t_be_shown_is_left_out(founded: None) -> None:
    with override_settings(SECRET_KEY="another"):
        found = demo.logins(at=NOW)
    assert (found.terminal_key, found.staff) == ("", [])
    assert len(found.members) == 2


def test_who_changed_the_password_is_not_shown_with_the_old_one(founded: None) -> None:
    finance = User.objects.get(username="finance")
    finance.set_password("a new one of my own")
    finance.save()
    assert [login.username for login in demo.logins(at=NOW).staff] == [c.role for c in staff.COLLEAGUES[:-1]]


def test_in_words_the_logins_are_lines_that_fit_under_a_banner(founded: None) -> None:
    output = io.StringIO()
    call_command("demo_logins", stdout=output)
    text = output.getvalue()
    assert "林晓梅  +447700900000  xiaomei.lin.0@example.com" in text
    assert "Authorization: Bearer demolon1t1." in text


def test_the_demo_can_be_begun_when_somebody_else_is_loading_it(founded: None) -> None:
    assert loading.begin(receipts=5, at=NOW, progress=lambda _done, _total: None).done == {"receipts": 5}
