"""Segments: who is in them, how they are renewed, what they may ask, and lists from a file."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from campaigns import audiences, conditions, lists, queries, segment_sentences
from campaigns.audiences import Renewed, SegmentInUse, SegmentsInCircle, TooLongToCount
from campaigns.conditions import UnusableConditions
from campaigns.lists import UnusableList
from campaigns.models import Segment
from campaigns.selecting import Selection
from members import closing, dossier
from members.models import Member, Trait
from points.models import Lot
from tests import factories
from tests.campaigns.wishes import segment
from tests.factories import Shop
from tests.points.grants import grant
from tests.pos.selling import bring_back, receipt, sell
from tests.racing import run_in_threads
from tiers.models import Standing, Tier

AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
BOUGHT = {"about": "purchases", "how": "at_least", "number": 1}
SPENT = {"about": "spent", "how": "at_least"}


def inside(of: Segment) -> list[int]:
    return list(Trait.objects.filter(name=f"segment:{of.code}", valid_to=None).values_list("member", flat=True))


def asked(*parts: dict[str, Any], join: str = "all") -> dict[str, Any]:
    return {"join": join, "parts": list(parts)}


def test_members_enter_and_leave_and_what_was_is_kept(shop: Shop) -> None:
    ada, bob = factories.member(), factories.member()
    sell(receipt(shop, "R-1", "20.00", member=ada, at=AT - timedelta(days=89)))
    recent = segment(asked({**BOUGHT, "period": "last", "days": 90}), at=AT)
    assert inside(recent) == [ada.pk]
    sell(receipt(shop, "R-2", "20.00", member=bob, at=AT))

    assert audiences.refresh(recent, at=AT + timedelta(days=1)) == Renewed(members=1, entered=1, gone=1)
    assert audiences.refresh(recent, at=AT + timedelta(days=1)) == Renewed(members=1, entered=0, gone=0)

    assert inside(recent) == [bob.pk]
    assert list(Trait.objects.order_by("id").values_list("member", "valid_from", "valid_to")) == [
        (ada.pk, AT, AT + timedelta(days=1)),
        (bob.pk, AT + timedelta(days=1), None),
    ]
    assert (Segment.objects.get().members, Segment.objects.get().refreshed_at) == (1, AT + timedelta(days=1))


def test_who_leaves_the_programme_leaves_every_segment_and_takes_along_what_we_knew(shop: Shop) -> None:
    ada = factories.member()
    everybody = segment(asked({"about": "status", "how": "is", "codes": ["active"]}), at=AT)
    assert inside(everybody) == [ada.pk]

    closing.close(ada, source="portal", at=AT + timedelta(hours=1))

    assert inside(everybody) == []
    assert dossier.export(ada)["traits"] == [
        {"name": "segment:segment", "value": "in", "valid_from": AT, "valid_to": AT + timedelta(hours=1)}
    ]


def test_a_trait_never_changes_it_ends(shop: Shop) -> None:
    known = Trait.objects.create(member=factories.member(), name="churn", value="high", valid_from=AT)

    with pytest.raises(IntegrityError), transaction.atomic():
        Trait.objects.filter(pk=known.pk).update(value="low")
    Trait.objects.filter(pk=known.pk).update(valid_to=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Trait.objects.filter(pk=known.pk).update(valid_to=None)


def test_what_was_brought_back_was_not_bought(shop: Shop) -> None:
    ada = factories.member()
    (sale,) = sell(receipt(shop, "R-1", "60.00", "40.00", member=ada, at=AT))
    rich = segment(asked({"about": "spent", "how": "at_least", "amount": "60.01"}), "rich", at=AT)
    buyers = segment(asked(BOUGHT), "buyers", at=AT)
    assert (inside(rich), inside(buyers)) == ([ada.pk], [ada.pk])

    bring_back(shop, sale, "RET-1", (2, "1"), at=AT)
    audiences.refresh(rich, at=AT)
    assert inside(rich) == []
    bring_back(shop, sale, "RET-2", (1, "1"), at=AT)

    assert audiences.refresh(buyers, at=AT).members == 0


def test_points_that_expire_soon_and_tiers_that_run_out(shop: Shop) -> None:
    ada, bob = factories.member(), factories.member()
    for member, days in ((ada, 7), (bob, 8)):
        grant(member, shop.point_type, 50, until=AT + timedelta(days=days), at=AT)
        Standing.objects.create(
            member=member, tier=shop.tiers[1], since_on=AT.date(), valid_until=AT.date() + timedelta(days=days)
        )
    assert Lot.objects.count() == 2

    expiring = segment(asked({"about": "points_expire", "how": "at_least", "number": 50, "days": 7}), "points", at=AT)
    at_risk = segment(asked({"about": "tier_ends", "how": "within", "days": 7}), "tiers", at=AT)

    assert (inside(expiring), inside(at_risk)) == ([ada.pk], [ada.pk])


def test_segments_of_segments_are_renewed_in_their_order_and_never_in_a_circle(shop: Shop) -> None:
    ada = factories.member()
    buyers = segment(asked(BOUGHT), "buyers", at=AT)
    others = segment(asked({"about": "segment", "how": "is", "codes": ["buyers"], "is_not": True}), "others", at=AT)
    assert (inside(buyers), inside(others)) == ([], [ada.pk])
    sell(receipt(shop, "R-1", "20.00", member=ada, at=AT))

    places = [place for place, _renewed in audiences.refresh_all(at=AT)]

    assert (places, inside(buyers), inside(others)) == ([1, 2], [ada.pk], [])
    buyers.conditions = asked({"about": "segment", "how": "is", "codes": ["others"]})
    with pytest.raises(SegmentsInCircle):
        audiences.save(buyers, at=AT)
    with pytest.raises(SegmentInUse, match="“others”"):
        audiences.switch(buyers, on=False, at=AT, actor=None)
    audiences.switch(others, on=False, at=AT, actor=None)
    audiences.switch(buyers, on=False, at=AT, actor=None)
    assert (inside(buyers), inside(others)) == ([], [])


def test_what_names_something_that_is_gone_keeps_its_members_and_stops_nobody_else(shop: Shop) -> None:
    ada = factories.member()
    lowest = segment(asked({"about": "tier", "how": "is", "codes": ["member"]}), "lowest", at=AT)
    everybody = segment(asked({"about": "status", "how": "is", "codes": ["active"]}), "everybody", at=AT)
    Tier.objects.filter(code="member").update(code="basic")
    bob = factories.member()

    done = [bool(renewed) for _place, renewed in audiences.refresh_all(at=AT)]

    assert done == [False, True]
    assert (inside(lowest), sorted(inside(everybody))) == ([ada.pk], [ada.pk, bob.pk])
    assert audiences.read_back(lowest, queries.vocabulary(shop.programme)) == (
        "These conditions can't be used. 1: There is no “member” any more, or there never was."
    )


def test_a_segment_is_renewed_by_one_statement_however_many_there_are(
    shop: Shop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    buyers = segment(asked(BOUGHT, {"about": "points", "how": "at_least", "number": 0}, join="any"), at=AT)
    for count in (1, 4):
        for _number in range(count):
            factories.member()
        # savepoint, segment, programme, five of what may be named, renewed, counted, released
        with django_assert_num_queries(12):
            audiences.refresh(buyers, at=AT)
    assert len(inside(buyers)) == 5


def test_two_who_renew_at_once_let_everybody_enter_once(committed_db: None) -> None:
    factories.shop()
    for _number in range(30):
        factories.member()
    everybody = segment(asked({"about": "status", "how": "is", "codes": ["active"]}), at=AT)
    for _number in range(30):
        factories.member()

    renewed = run_in_threads(4, lambda _number: audiences.refresh(everybody, at=AT))

    assert sorted(each.entered for each in renewed) == [0, 0, 0, 30]
    assert len(inside(everybody)) == 60


def test_counting_that_takes_too_long_for_a_page_is_given_up(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    known = queries.vocabulary(shop.programme)
    group = conditions.read(asked(BOUGHT), known)
    monkeypatch.setattr(audiences, "COUNT", "select pg_sleep(5), 0 as members, '{{}}'::bigint[] as sample {found}")
    monkeypatch.setattr(audiences, "_selection", lambda *_about: Selection("", {}))

    with pytest.raises(TooLongToCount):
        audiences.count(group, known, at=AT, seconds=1)
    assert Member.objects.count() == 0  # the connection goes on


@pytest.mark.parametrize(
    ("raw", "place", "said"),
    [
        ("", "", "This is not a group of conditions."),
        (asked(), "", "There is no condition in it: add one."),
        (asked({"about": "salary", "how": "at_least", "number": 1}), "1", "This is not a condition that we know."),
        (asked({**BOUGHT, "how": "is"}), "1", "This is not a condition that we know."),
        (asked({**BOUGHT, "sql": "1=1"}), "1", "This is not a condition that we know."),
        (asked({**BOUGHT, "number": "many"}), "1", "A whole number from 0 to 1,000,000,000 is needed."),
        (asked({**BOUGHT, "number": True}), "1", "A whole number from 0 to 1,000,000,000 is needed."),
        (asked({**BOUGHT, "period": "last", "days": 0}), "1", "A whole number from 1 to 3,660 is needed."),
        (asked({**BOUGHT, "period": "between"}), "1", "Give one of the two dates at least."),
        (
            asked({**BOUGHT, "period": "between", "since": "2026-02-01", "until": "2026-01-01"}),
            "1",
            "The first date is after the second one.",
        ),
        (asked({**BOUGHT, "period": "between", "since": "soon"}), "1", "This is not a date."),
        (asked({**BOUGHT, "period": "between", "until": "9999-12-31"}), "1", "This is not a date."),
        (asked({**BOUGHT, "stores": [[]]}), "1", "There is no “[]” any more, or there never was."),
        (asked({**BOUGHT, "stores": ["') --"]}), "1", "There is no “') --” any more, or there never was."),
        (asked({**SPENT, "amount": "1.234"}), "1", "An amount of money is needed, such as £100.00."),
        (asked({**SPENT, "amount": "NaN"}), "1", "An amount of money is needed, such as £100.00."),
        (asked(SPENT), "1", "An amount of money is needed, such as £100.00."),
        (asked({"about": "tier", "how": "is"}), "1", "Choose one at least."),
        (asked({"about": "trait", "how": "is", "name": " "}), "1", "A text of at most 80 characters is needed."),
        (asked(BOUGHT, asked(asked(asked(asked(BOUGHT))))), "2.1.1.1", "Groups stand in each other more than 4 deep."),
        (asked(*[BOUGHT] * 41), "", "More than 40 conditions are too many."),
    ],
)  # fmt: skip
def test_what_can_not_be_asked_is_refused_and_named(shop: Shop, raw: Any, place: str, said: str) -> None:
    with pytest.raises(UnusableConditions) as refusal:
        conditions.read(raw, queries.vocabulary(shop.programme))

    assert refusal.value.details["problems"] == [(place, said)]


WISH = asked(
    {"about": "tier", "how": "is", "codes": ["silver", "gold"]},
    asked(
        {**BOUGHT, "number": 3, "period": "last", "days": 90, "stores": ["LON-1"], "categories": ["tea"]},
        {"about": "spent", "how": "at_least", "amount": "200", "period": "between", "since": "2026-01-01"},
        join="any",
    ),
    {"about": "last_purchase", "how": "last", "days": 30, "is_not": True},
    {"about": "consent", "how": "yes", "codes": ["email", "sms"]},
)
READ = {
    "en": "Members who hold the tier Silver or Gold, and (bought at least 3 times (in the last 90 days; at Covent "
    "Garden; of Tea), or spent at least £200.00 (on 1 Jan 2026 or later)), and do not match “bought in the last 30 "
    "days”, and said yes to marketing by e-mail or SMS.",
    "zh-hans": "等级为银卡或金卡，且（至少消费 3 次（最近 90 天内；门店：Covent Garden；类别：Tea），或至少消费 £200.00"
    "（2026年1月1日或以后）），且不符合“最近 30 天内消费过”，且同意通过邮件或短信接收营销信息的会员。",
}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_conditions_read_back_as_a_sentence(shop: Shop, language: str) -> None:
    factories.category("tea", "Tea")
    with translation.override(language):
        known = queries.vocabulary(shop.programme)

        assert segment_sentences.sentence(conditions.read(WISH, known), known) == READ[language]


def test_every_question_has_words_in_both_languages(shop: Shop) -> None:
    segment(asked(BOUGHT), "buyers", at=AT)
    factories.category("tea", "Tea")
    values = {"number": 2, "days": 2, "amount": "5", "since": "2026-01-01", "until": "2026-02-01", "name": "rfm"}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            known = queries.vocabulary(shop.programme)
            for about, shape in conditions.SHAPES.items():
                for how in shape.hows:
                    raw = {**values, "about": about, "how": how, "codes": list(known.titles.get(shape.codes, {}))[:2]}
                    said = segment_sentences.sentence(conditions.read(asked(raw), known), known)
                    assert said.startswith("Members who ") == (language == "en"), said
                    assert "%" not in said


def listed(**changes: Any) -> Segment:
    return Segment.objects.create(code="vip", name="VIP", kind="list", **changes)


def test_a_list_is_loaded_added_to_and_taken_from(shop: Shop) -> None:
    ada, bob, cy = (factories.member(email=f"{name}@example.com") for name in ("ada", "bob", "cy"))
    vip = listed()

    def load(how: str, text: str) -> tuple[int, int, int]:
        renewed = audiences.load(vip, lists.members(text.encode(), shop.programme), how=how, at=AT, actor=None)
        return renewed.members, renewed.entered, renewed.gone

    assert load("replace", f"\ufeffNote,Number\nfirst,{ada.number}\n,\nagain,{ada.number}\nlast,{bob.number}\n") == (
        2,
        2,
        0,
    )
    assert load("add", "email\nCY@example.com \n") == (3, 1, 0)
    assert load("remove", f"phone\n0{str(ada.phone)[3:]}\n") == (2, 0, 1)
    assert audiences.refresh(vip, at=AT).members == 2  # a night changes no list
    assert load("replace", f"email\n{cy.email}\n") == (1, 0, 1)
    assert inside(vip) == [cy.pk]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"number\n\xff\n", ["The file is not in UTF-8."]),
        (b"", ["Line 1: The first line must name exactly one of these columns: number, phone, email, external_id."]),
        (
            b"number,email\n1,a@b.example\n",
            ["Line 1: The first line must name exactly one of these columns: number, phone, email, external_id."],
        ),
        (b"number\n\n", ["There is nobody in this file."]),
        (b'email\n"a@b.example\n', ["Line 2: The quotes of this line don't match."]),
        (
            b"email,note\nada@example.com,\nnobody,\n,x\nleft@example.com,\nwho@example.com,\n",
            [
                "Line 3: This is not an e-mail address.",
                "Line 4: This line names nobody.",
                "Line 5: The member “left@example.com” has left.",
                "Line 6: We know nobody with “who@example.com”.",
            ],
        ),
    ],
)  # fmt: skip
def test_bad_lines_are_named_and_nothing_is_half_loaded(shop: Shop, data: bytes, said: list[str]) -> None:
    factories.member(email="ada@example.com")
    factories.member(email="left@example.com", status="closed")

    with pytest.raises(UnusableList) as refusal:
        lists.members(data, shop.programme)

    assert lists.told(refusal.value) == ["Nothing was taken from this file.", *said]


def test_a_very_bad_file_is_told_in_part(shop: Shop) -> None:
    with pytest.raises(UnusableList) as refusal:
        lists.members(("number\n" + "12\n" * 60).encode(), shop.programme)

    told = lists.told(refusal.value)
    assert (len(told), told[-1]) == (52, "And 10 more lines.")


def test_dates_are_those_of_the_programme(shop: Shop) -> None:
    """A quarter past midnight in London: a new day."""
    at = datetime(2026, 6, 1, 23, 15, tzinfo=UTC)
    joined = {"about": "joined", "how": "between", "since": "2026-06-02", "until": "2026-06-02"}
    ada = factories.member(enrolled_at=at)
    factories.member(enrolled_at=at - timedelta(hours=1))

    assert inside(segment(asked(joined), at=at)) == [ada.pk]
