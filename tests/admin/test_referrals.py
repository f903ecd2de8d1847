"""Bringing friends at the desk: the scheme in sentences and its milestones, referrals found, read and refused."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from access.models import AuditEntry
from campaigns import referrals, rewarding
from campaigns.models import Referral, ReferralScheme
from members.models import Member
from tests import factories
from tests.admin.desk import NOON, at_desk, text
from tests.campaigns import friends
from tests.factories import Shop
from tests.pos.selling import receipt, sell

SCHEME = "/admin/campaigns/referralscheme/1/change/"
LIST = "/admin/campaigns/referral/"


def filled(**changes: Any) -> dict[str, Any]:
    """The form of the scheme: on, with one milestone."""
    values: dict[str, Any] = {
        "is_active": "on", "referrer_points": "400", "friend_points": "200", "minimum": "25.00", "within_days": "60",
        "days": "7", "most_a_year": "5", "friends_1": "2", "points_1": "100", "friends_2": "", "points_2": "",
        "friends_3": "", "points_3": "", "invitation_en": "Come along.", "invitation_zh_hans": "",
    }  # fmt: skip
    return {**values, **changes}


@pytest.fixture
def marketing(shop: Shop) -> Client:
    return at_desk("marketing")


@pytest.fixture
def ada(shop: Shop) -> Member:
    friends.scheme()
    return factories.member(email="ada@example.com")


def test_the_scheme_is_set_read_back_and_audited(marketing: Client) -> None:
    answer = marketing.post(SCHEME, filled(friends_3="1", points_3="50"))

    assert answer.status_code == 302, text(answer)
    scheme = ReferralScheme.objects.get()
    assert (scheme.is_active, scheme.minimum, scheme.milestones) == (True, Decimal(25), [[1, 50], [2, 100]])
    words = ReferralScheme.objects.values_list("invitation_en", "invitation_zh_hans").get()
    assert words == ("Come along.", "Come along.")
    assert "Who invites gets 400 points, the friend 200. For the friend's first purchase of at least £25.00" in text(
        marketing.get(SCHEME)
    )
    changes = AuditEntry.objects.get(action="referralscheme.changed").changes
    assert (changes["referrer_points"], changes["points_1"]) == ([500, 400], [300, 100])


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"friends_2": "5"}, "points_2", "A milestone takes both: friends and points."),
        ({"friends_2": "2", "points_2": "9"}, "friends_2", "This number of friends stands here twice."),
        ({"referrer_points": "0", "friend_points": "0"}, "referrer_points", "At least one of the two gets points."),
        ({"minimum": "1.005"}, "minimum", "At most 2 digits after the point are allowed."),
        ({"most_a_year": "0"}, "most_a_year", "Ensure this value is greater than or equal to 1."),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(
    marketing: Client, changes: dict[str, str], field: str, sentence: str
) -> None:
    answer = marketing.post(SCHEME, filled(**changes))

    assert answer.context["adminform"].form.errors == {field: [sentence]}
    assert not ReferralScheme.objects.get().is_active


def test_the_list_is_searched_by_number_of_either_and_by_code(
    marketing: Client, ada: Member, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    brought = [friends.joins(ada, at=NOON, name=f"Friend {number}") for number in range(3)]
    friends.joins(factories.member(), at=NOON, name="Somebody else's")

    with django_assert_max_num_queries(15):
        everybody = text(marketing.get(LIST))

    assert "Somebody else's" in everybody
    for typed in (ada.number, referrals.code_of(ada, at=NOON).lower()):
        found = text(marketing.get(LIST, {"q": typed}))
        assert "Friend 2" in found
        assert "Somebody else's" not in found
    assert "Friend 1" not in text(marketing.get(LIST, {"q": brought[2].friend.number}))
    assert "Friend 1" not in text(marketing.get(LIST, {"state__exact": "rewarded"}))


def test_a_referral_is_refused_once_with_a_reason(marketing: Client, ada: Member) -> None:
    referral = friends.joins(ada, at=NOON)
    where = f"{LIST}{referral.pk}/"

    nothing = marketing.post(f"{where}refuse/", {"reason": ""})
    marketing.post(f"{where}refuse/", {"reason": "The same household"})

    assert nothing.status_code == 200
    referral.refresh_from_db()
    assert (referral.state, referral.reason) == ("refused", "staff")
    shown = marketing.get(f"{where}change/")
    assert "State refused Why not refused by staff" in text(shown)
    assert "refuse/" not in shown.content.decode()
    again = marketing.post(f"{where}refuse/", {"reason": "Again"})
    assert "This referral is settled and stays as it is." in text(again)


def test_the_page_of_the_scheme_says_what_came_of_it(shop: Shop, marketing: Client, ada: Member) -> None:
    referral = friends.joins(ada, at=NOON)
    sell(receipt(shop, "R-1", "40.00", member=referral.friend, at=NOON))
    rewarding.find(shop.programme, at=NOON)
    rewarding.go_on(at=NOON + timedelta(days=15), seconds=60)

    page = text(marketing.get(SCHEME))

    assert Referral.objects.get().state == "rewarded"
    assert "Friends joined 1 by members: 1" in page
    assert "Points given 800 worth £8.00" in page
    assert "Bought by friends £40.00 purchases: 1" in page
