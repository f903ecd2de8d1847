"""Members at the till: enrolled and found, with no more of the person than a cashier needs."""

from datetime import timedelta

import pytest

from campaigns import referrals
from campaigns.models import Referral
from members.models import Acceptance, Consent, Member
from tests import factories
from tests.campaigns import friends
from tests.factories import Shop
from tests.pos.till import NOON, Till, sale


def test_enrolling_makes_a_member_and_tells_the_number(till: Till) -> None:
    told = till.post(
        "members",
        {
            "phone": "07700 900123",
            "name": "Ada Lovelace",
            "language": "zh-hans",
            "birthday": {"calendar": "lunar", "month": 8, "day": 15, "year": 1990},
        },
    )

    member = Member.objects.get()
    assert told.status == 201
    assert told.body == {
        "number": member.number,
        "status": "active",
        "name": "A** L**",
        "phone": "***0123",
        "language": "zh-hans",
        "is_new": True,
    }
    assert (member.name, str(member.phone), member.enrolled_via) == ("Ada Lovelace", "+447700900123", "till:LON-1/T1")
    assert (member.birth_calendar, member.birth_month, member.birth_day, member.birth_year) == ("lunar", 8, 15, 1990)


def test_who_is_enrolled_already_is_found(till: Till) -> None:
    first = till.post("members", {"phone": "07700 900123"})

    told = till.post("members", {"phone": "+44 7700 900123", "name": "Ada"})

    assert told.status == 200
    assert (told.body["number"], told.body["is_new"]) == (first.body["number"], False)
    assert Member.objects.count() == 1


def test_a_phone_of_one_and_an_address_of_another_are_refused(till: Till) -> None:
    factories.member(phone="+447700900123")
    factories.member(email="ada@example.com")

    told = till.post("members", {"phone": "07700 900123", "email": "ada@example.com"})

    assert (told.status, told.code) == (409, "belongs_to_another_member")
    assert [wrong["pointer"] for wrong in told.body["errors"]] == ["/phone", "/email"]
    assert Member.objects.count() == 2


def test_terms_and_consents_are_noted_with_the_till(till: Till) -> None:
    told = till.post(
        "members",
        {
            "phone": "07700 900123",
            "accepts_terms": True,
            "consents": [{"channel": "sms", "purpose": "marketing"}, {"channel": "email", "purpose": "service"}],
        },
    )

    assert told.status == 201
    said = Consent.objects.order_by("channel").values_list("channel", "purpose", "granted", "source")
    assert list(said) == [("email", "service", True, "till:LON-1/T1"), ("sms", "marketing", True, "till:LON-1/T1")]
    accepted = Acceptance.objects.order_by("wording__kind").values_list("wording__kind", "source")
    assert list(accepted) == [("privacy", "till:LON-1/T1"), ("terms", "till:LON-1/T1")]


def test_who_is_too_young_for_marketing_is_not_enrolled_with_it(till: Till) -> None:
    told = till.post(
        "members",
        {
            "phone": "07700 900123",
            "birthday": {"month": 1, "day": 1, "year": 2015},
            "consents": [{"channel": "sms", "purpose": "marketing"}],
        },
    )

    assert (told.status, told.code) == (409, "below_age_of_consent")
    assert not Member.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", "{number}"),
        ("number", "{spaced}"),
        ("phone", "07700 900123"),
        ("phone", "+447700900123"),
        ("email", "ADA@example.com"),
        ("external_id", "crm-7"),
    ],
)
def test_a_member_is_found_with_tier_and_balance(till: Till, name: str, value: str) -> None:
    member = factories.member(phone="+447700900123", email="ada@example.com", external_id="crm-7")
    till.post("purchases", sale(member))
    spaced = " ".join([member.number[:4], member.number[4:8], member.number[8:]])

    told = till.get("members/lookup", **{name: value.format(number=member.number, spaced=spaced)})

    assert told.status == 200
    assert told.body == {
        "number": member.number,
        "status": "active",
        "name": "A** L**",
        "phone": "***0123",
        "language": "en",
        "tier": {"code": "member", "name": "Member", "valid_until": None},
        "next_tier": {"code": "silver", "name": "Silver", "missing": "477.92", "basis": "amount"},
        "balance": {"available": 22, "pending": 0, "held": 0, "debt": 0},
    }
    assert told.headers["Cache-Control"] == "no-store"
    assert till.get(f"members/{member.number}").body == told.body


def test_nobody_is_found_by_what_nobody_has(till: Till) -> None:
    told = till.get("members/lookup", phone="07700 900999")

    assert (told.status, told.code) == (404, "unknown_member")
    assert told.body["detail"] == "No member is known by this. You can enrol them."


def test_a_number_mistyped_by_one_digit_is_told_so(till: Till) -> None:
    number = factories.member().number
    mistyped = number[:-1] + str((int(number[-1]) + 1) % 10)

    for path in (f"members/{mistyped}", f"members/{mistyped}/balance", f"members/{mistyped}/postings"):
        told = till.get(path)
        assert (told.status, told.code) == (400, "invalid_member_number")
        assert [(wrong["parameter"], wrong["code"]) for wrong in told.body["errors"]] == [("number", told.code)]


def test_a_search_that_makes_no_sense_names_its_parameter(till: Till) -> None:
    told = till.get("members/lookup", phone="12")

    assert (told.status, told.code) == (400, "invalid_phone")
    assert told.body["errors"] == [
        {"parameter": "phone", "code": "invalid_phone", "detail": "This is not a phone number."}
    ]


def test_a_parameter_that_stands_twice_is_refused(till: Till) -> None:
    told = till.get("purchases?receipt=R-1&receipt=R-2")

    assert (told.status, told.code) == (400, "invalid_input")
    assert told.body["errors"] == [{"parameter": "receipt", "code": "twice", "detail": "This stands here twice."}]


@pytest.mark.parametrize(
    ("name", "masked"),
    [("Ada Lovelace", "A** L**"), ("王小明", "王**"), ("", ""), ("X", "X**"), ("👩‍🍳 Bob", "👩** B**")],
)
def test_names_are_masked(till: Till, name: str, masked: str) -> None:
    member = factories.member(name=name)

    told = till.get(f"members/{member.number}")

    assert told.body["name"] == masked


def test_nothing_of_the_person_is_told_beyond_name_and_phone_masked(till: Till) -> None:
    member = factories.member(
        name="Ada Lovelace",
        phone="+447700900123",
        email="ada@example.com",
        external_id="crm-7",
        birth_month=12,
        birth_day=10,
        birth_year=1815,
    )
    till.post("purchases", sale(member))

    texts = [
        till.get("members/lookup", email="ada@example.com").content,
        till.get(f"members/{member.number}").content,
        till.get(f"members/{member.number}/balance").content,
        till.get(f"members/{member.number}/postings").content,
        till.post("members", {"phone": "07700 900123"}).content,
        till.get("purchases").content,
    ]

    for text in (content.decode() for content in texts):
        for secret in ("Ada", "Lovelace", "7700900123", "ada@example.com", "crm-7", "1815"):
            assert secret not in text


def test_a_suspended_member_is_found_and_said_to_be(till: Till) -> None:
    member = factories.member(status=Member.Status.SUSPENDED)

    assert till.get(f"members/{member.number}").body["status"] == "suspended"


def test_a_balance_tells_what_matures_and_what_expires(till: Till, shop: Shop) -> None:
    stars = factories.point_type("stars", is_default=False, pending_days=3, expiry_months=None)
    factories.rule(stars, "stars", begins_at=NOON - timedelta(days=30), tier_multiplies=False)
    member = factories.member()
    till.post("purchases", sale(member))

    told = till.get(f"members/{member.number}/balance")

    assert told.body == {
        "number": member.number,
        "balances": [
            {
                "point_type": "points",
                "available": 22,
                "pending": 0,
                "held": 0,
                "debt": 0,
                "maturing": [],
                "expiring": [{"at": "2027-06-30T23:00:00+00:00", "points": 22}],
            },
            {
                "point_type": "stars",
                "available": 0,
                "pending": 22,
                "held": 0,
                "debt": 0,
                "maturing": [{"at": "2026-06-03T23:00:00+00:00", "points": 22}],
                "expiring": [],
            },
        ],
    }


def test_somebody_who_never_bought_has_nothing(till: Till) -> None:
    member = factories.member()

    told = till.get(f"members/{member.number}/balance")

    assert told.body["balances"] == [
        {
            "point_type": "points",
            "available": 0,
            "pending": 0,
            "held": 0,
            "debt": 0,
            "maturing": [],
            "expiring": [],
        }
    ]
    assert till.get(f"members/{member.number}/postings").body == {"items": [], "next_cursor": None}


def test_postings_are_listed_in_pages_with_their_reasons(till: Till) -> None:
    member = factories.member()
    for receipt in ("1", "2", "3"):
        till.post("purchases", sale(member, receipt=receipt))

    first = till.get(f"members/{member.number}/postings", limit="2")
    till.post("purchases", sale(member, receipt="4"))
    second = till.get(f"members/{member.number}/postings", limit="2", cursor=first.body["next_cursor"])

    assert [posting["number"] for posting in first.body["items"]] == [3, 2]
    assert second.body == {
        "items": [
            {
                "number": 1,
                "kind": "accrue",
                "points": 22,
                "occurred_at": "2026-06-01T12:00:00+00:00",
                "usable_at": "2026-06-01T12:00:00+00:00",
                "expires_at": "2027-06-30T23:00:00+00:00",
                "reasons": [{"points": 22, "rule": "base", "version": 1, "words": "1 point per £1 · £22.08"}],
            }
        ],
        "next_cursor": None,
    }


def test_an_invitation_is_noted_for_who_is_new_and_told_politely_to_who_is_not(till: Till) -> None:
    programme = friends.scheme()
    ada = factories.member(email="ada@example.com")
    code = referrals.code_of(ada, at=NOON)

    new = till.post("members", {"phone": "07700 900123", "referral_code": code.lower()})
    again = till.post("members", {"phone": "07700 900123", "referral_code": code})
    herself = till.post("members", {"email": "ada+2@example.com", "referral_code": code})

    assert [(told.status, told.body["referral"]) for told in (new, again, herself)] == [
        (201, "noted"),
        (200, "already_member"),
        (201, "not_counted"),
    ]
    kept = Referral.objects.order_by("pk").values_list("referrer_id", "via", "state")
    assert list(kept) == [(ada.pk, "till:LON-1/T1", "joined"), (ada.pk, "till:LON-1/T1", "refused")]
    assert referrals.scheme(programme).is_active


def test_with_a_wrong_invitation_nobody_is_enrolled(till: Till) -> None:
    friends.scheme()
    code = referrals.code_of(factories.member(), at=NOON)
    unknown = "00000000"  # fits its own check character

    answers = [
        till.post("members", {"phone": "07700 900123", "referral_code": typed}) for typed in (code[:-1], unknown)
    ]
    friends.scheme(is_active=False)
    answers.append(till.post("members", {"phone": "07700 900123", "referral_code": code}))

    assert [(told.status, told.code) for told in answers] == [
        (400, "invalid_referral_code"),
        (404, "unknown_referral_code"),
        (409, "no_referrals"),
    ]
    assert [told.body["errors"][0]["pointer"] for told in answers] == ["/referral_code"] * 3
    assert Member.objects.count() == 1
