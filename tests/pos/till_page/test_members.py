"""Stories of members at the till page: found, enrolled, told apart from goods."""

import pytest

from campaigns import referrals
from campaigns.models import Referral
from members.models import Acceptance, Consent, Member
from points.models import PointType
from sales.models import Terminal
from tests import factories
from tests.campaigns import friends
from tests.factories import Shop
from tests.pos.till_page.counter import Counter


@pytest.mark.parametrize("typed", ["number", "07700 900123", "+44 7700 900123", "ADA@example.com", "crm-77"])
def test_a_member_is_found_by_whatever_they_show(counter: Counter, typed: str) -> None:
    ada = factories.member(phone="+447700900123", email="ada@example.com", external_id="crm-77")

    counter.member(ada.number if typed == "number" else typed)

    assert "Ada Lovelace" in counter.text
    assert "···0123" in counter.text
    assert "+447700900123" not in counter.html


@pytest.mark.parametrize("typed", ["number", "07700 900123", "ada@example.com"])
def test_the_box_for_goods_knows_members_too(counter: Counter, typed: str) -> None:
    ada = factories.member(phone="+447700900123", email="ada@example.com")

    counter.scan(ada.number if typed == "number" else typed)

    assert "Ada Lovelace" in counter.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Scan the card, or type a number, a phone or an e-mail."),
        ("123456789012", "This is not a member number. Please check the digits."),
        ("07700 900999", "No member is known by this. You can enrol them."),
        ("nobody@example.com", "No member is known by this. You can enrol them."),
        ("no@mail", "This is not an e-mail address."),
    ],
)
def test_who_is_not_found(counter: Counter, typed: str, told: str) -> None:
    counter.member(typed)

    assert told in counter.text


def test_a_replaced_card_is_refused_in_both_boxes(counter: Counter) -> None:
    ada = factories.member()
    ada.cards.update(status="replaced", replaced_at=ada.enrolled_at)

    counter.member(ada)
    assert "This card was replaced by a new one and is no longer valid." in counter.text
    counter.scan(ada.number)
    assert "This card was replaced by a new one and is no longer valid." in counter.text


def test_somebody_new_is_enrolled_by_phone_and_their_sale_counts(counter: Counter) -> None:
    counter.scan("LAN-1")
    counter.member("07700 900456")
    assert "Enrol 07700 900456" in counter.text

    counter.press("enrol", who="07700 900456", begin="1")
    assert 'value="07700 900456"' in counter.html
    counter.press("enrol", phone="07700 900456", name="Grace Hopper", language="en")
    assert "Nobody becomes a member without it." in counter.text
    assert Member.objects.count() == 0
    counter.press("enrol", phone="07700 900456", name="Grace Hopper", language="en", accepts_terms="on", marketing="on")
    assert "Grace Hopper is a member now." in counter.text
    assert "+12 points with this sale" in counter.text
    counter.pay()

    grace = Member.objects.get()
    assert (str(grace.phone), grace.enrolled_via) == ("+447700900456", "till:LON-1/page")
    assert set(Acceptance.objects.values_list("source", "wording__kind")) == {
        ("till:LON-1/page", "terms"),
        ("till:LON-1/page", "privacy"),
    }
    consent = Consent.objects.get()
    assert (consent.channel, consent.purpose, consent.granted, consent.source) == (
        "sms",
        "marketing",
        True,
        "till:LON-1/page",
    )
    assert "Balance 12 points" in counter.text


def test_a_phone_typed_where_goods_are_leads_to_enrolling_and_stands_in_no_address(counter: Counter) -> None:
    counter.scan("07700 900456")

    assert "Enrol a new member by this phone" in counter.text
    assert counter.page.redirect_chain == []


def test_whoever_is_enrolled_already_is_found(counter: Counter) -> None:
    ada = factories.member(phone="+447700900123")

    counter.press("enrol", phone="07700900123", name="Ada", language="en", accepts_terms="on")

    assert "Ada Lovelace was a member already." in counter.text
    assert list(Member.objects.all()) == [ada]


def test_a_suspended_member_is_not_put_on_the_sale_by_enrolling_them_again(counter: Counter) -> None:
    factories.member(phone="+447700900123", status=Member.Status.SUSPENDED)

    counter.press("enrol", phone="07700900123", language="en", accepts_terms="on")

    assert "This membership is on hold" in counter.text
    assert Acceptance.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"phone": "12"}, "This is not a phone number."),
        ({"email": "x@y"}, "This is not an e-mail address."),
        ({}, "Give a phone number or an e-mail address."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(counter: Counter, given: dict[str, str], told: str) -> None:
    counter.press("enrol", language="en", accepts_terms="on", **given)

    assert told in counter.text
    assert Member.objects.count() == 0


def test_a_member_is_taken_off_again(counter: Counter) -> None:
    counter.scan("MUG-1")
    counter.member(factories.member())

    counter.press("member", do="remove")

    assert "A member would get 4 points" in counter.text


def test_debt_and_points_on_the_way_are_told(terminal: Terminal, goods: None) -> None:
    counter = Counter(terminal)
    ada = factories.member()
    PointType.objects.update(pending_days=14)
    counter.sell("LAN-1", to=ada)

    counter.member(ada)

    assert "0 points and 12 points on the way" in counter.text


def test_an_invitation_is_typed_at_the_till_and_a_wrong_one_enrols_nobody(counter: Counter, shop: Shop) -> None:
    friends.scheme()
    code = referrals.code_of(factories.member(), at=shop.rule.begins_at)
    counter.press("enrol", begin="1")
    told = {"phone": "07700 900456", "language": "en", "accepts_terms": "on"}

    counter.press("enrol", referral_code=code[:-1], **told)
    wrong = (counter.text, Member.objects.filter(phone="+447700900456").exists())
    counter.press("enrol", referral_code=code, **told)

    assert "This is not an invitation code. Please check what was typed." in wrong[0]
    assert wrong[1] is False
    assert Referral.objects.get().friend == Member.objects.get(phone="+447700900456")
