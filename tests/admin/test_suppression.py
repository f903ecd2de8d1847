"""The suppression list at the desk: searched by a whole address, added to and taken from with a reason."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from access.models import AuditEntry
from messaging import suppression
from messaging.models import Suppression
from tests.admin.desk import NOON, at_desk, text
from tests.factories import Shop

LIST = "/admin/messaging/suppression/"
ADD = f"{LIST}add-address/"
Reason = Suppression.Reason


@pytest.fixture
def support(shop: Shop) -> Client:
    return at_desk("support")


def listed(address: str, reason: Suppression.Reason = Reason.BOUNCED, channel: str = "email") -> Suppression:
    suppression.suppress(channel, address, reason, at=NOON)
    return Suppression.objects.get(digest=suppression.digest(address), channel=channel)


def rows(client: Client, query: str) -> set[str]:
    """The digests, as far as the list shows them."""
    page = text(client.get(f"{LIST}?{query}"))
    return {row.digest[:8] for row in Suppression.objects.all() if row.digest[:8] in page}


def test_the_list_is_searched_by_a_whole_address_as_people_type_it(support: Client) -> None:
    ada = listed("ada@example.com")
    phone = listed("+447700900123", Reason.UNSUBSCRIBED, "sms")

    assert rows(support, "q=ADA@example.com") == {ada.digest[:8]}
    assert rows(support, "q=07700+900123") == {phone.digest[:8]}
    assert rows(support, "q=ada@example") == rows(support, "q=nobody@example.com") == set()
    assert rows(support, "reason__exact=unsubscribed") == {phone.digest[:8]}
    assert rows(support, "") == {ada.digest[:8], phone.digest[:8]}


def test_the_list_costs_the_same_at_any_size(
    support: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        listed(f"m{number}@example.com")
    with django_assert_max_num_queries(15):
        support.get(LIST)


@pytest.mark.parametrize("role", ["support", "marketing"])
def test_an_address_is_added_with_a_reason(shop: Shop, role: str) -> None:
    desk = at_desk(role)
    told = {"channel": "email", "address": " Ada@Example.com", "reason": "asked by letter", "seen": ""}

    assert "gets no news any more" in text(desk.post(ADD, told, follow=True))

    row = Suppression.objects.get()
    assert (row.reason, row.by and row.by.username) == ("added", role)
    assert suppression.reason("email", "ada@example.com") == "added"
    entry = AuditEntry.objects.get(action="suppression.added")
    assert (entry.subject, entry.reason, entry.changes) == (
        f"suppression:{row.pk}", "asked by letter", {"channel": "email"},
    )  # fmt: skip
    assert "This address is on the list already." in text(desk.post(ADD, told))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"address": "ada"}, "This is not an e-mail address."),
        ({"channel": "sms", "address": "12"}, "This is not a phone number."),
        ({"reason": ""}, "This field is required."),
        ({"address": "a\x00b@example.com"}, "Null characters are not allowed."),
        ({"channel": "fax"}, "Select a valid choice."),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    support: Client, changes: dict[str, str], says: str
) -> None:
    told = {"channel": "email", "address": "ada@example.com", "reason": "asked", "seen": ""}

    assert says in text(support.post(ADD, told | changes))
    assert Suppression.objects.count() == 0


def test_an_address_that_works_again_is_taken_off(support: Client) -> None:
    row = listed("ada@example.com")
    assert "Take off the list" in text(support.get(f"{LIST}{row.pk}/change/"))

    answer = support.post(f"{LIST}{row.pk}/lift/", {"reason": "mailbox emptied", "seen": ""}, follow=True)

    assert "Taken off the list." in text(answer)
    assert Suppression.objects.count() == 0
    assert AuditEntry.objects.get(action="suppression.lifted").changes == {"channel": "email", "reason": "bounced"}


@pytest.mark.parametrize(
    ("reason", "says"),
    [(Reason.COMPLAINED, "stays on the list for ever"), (Reason.UNSUBSCRIBED, "It is for them to say yes again")],
)
def test_complaints_and_choices_stay_and_the_page_says_why(
    support: Client, reason: Suppression.Reason, says: str
) -> None:
    row = listed("ada@example.com", reason)

    page = text(support.get(f"{LIST}{row.pk}/change/"))
    assert says in page
    assert str(reason.label) in page
    assert row.digest not in page  # too long for a phone, and of no use to anybody
    assert f"({reason.value!r}" not in page
    assert "Take off the list" not in page
    assert says in text(support.post(f"{LIST}{row.pk}/lift/", {"reason": "please", "seen": ""}))
    assert Suppression.objects.count() == 1
    assert not AuditEntry.objects.filter(action="suppression.lifted").exists()


def test_nobody_else_may(shop: Shop) -> None:
    for role in ("cashier", "finance"):
        desk = at_desk(role)
        assert (desk.get(LIST).status_code, desk.post(ADD, {}).status_code) == (403, 403)
