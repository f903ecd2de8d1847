"""A member brings a friend: both are rewarded once, after a purchase that was kept, and nobody brings themselves."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from access.models import AuditEntry
from campaigns import referral_figures, referral_words, referrals, rewarding
from campaigns.models import Referral, ReferralCode, ReferralMilestone, ReferralScheme
from core.errors import LoyaltyError
from core.models import Event
from members import closing, enrolment
from members.enrolment import ReasonMissing
from members.models import Member
from points.models import Account, Posting
from rewards import codes
from tests import factories
from tests.campaigns import friends
from tests.factories import Shop
from tests.pos.selling import bring_back, receipt, sell

JOINED_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
BOUGHT_AT = JOINED_AT + timedelta(days=1)
# Fourteen business days later: midnight in London, which is an hour earlier in UTC from 29 March on.
DUE_AT = datetime(2026, 3, 17, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(shop: Shop) -> Member:
    friends.scheme()
    return factories.member(email="ada@example.com", phone="+447700900123")


def tick(at: datetime) -> int:
    return rewarding.go_on(at=at, seconds=60)


def buys(shop: Shop, friend: Member, amount: str = "25.00", at: datetime = BOUGHT_AT, number: str = "") -> Any:
    return sell(receipt(shop, number or f"R-{friend.pk}-{at:%m%d%H}", amount, member=friend, at=at))[0]


def points(member: Member) -> int:
    return sum(Account.objects.filter(member=member).values_list("available", flat=True))


def became(referral: Referral) -> tuple[str, str]:
    referral.refresh_from_db()
    return referral.state, referral.reason


def test_both_are_rewarded_when_the_goods_were_kept_and_only_once(shop: Shop, ada: Member) -> None:
    referral = friends.joins(ada, at=JOINED_AT)
    buys(shop, referral.friend)

    assert tick(BOUGHT_AT) == 0
    assert became(referral) == ("waiting", "")
    assert referral.due_at == DUE_AT
    assert tick(DUE_AT - timedelta(seconds=1)) == 0
    assert (points(ada), points(referral.friend)) == (0, 25)
    assert tick(DUE_AT + timedelta(days=3)) == 1
    assert tick(DUE_AT + timedelta(days=4)) == 0

    assert became(referral) == ("rewarded", "")
    assert (referral.referrer_given, referral.friend_given, referral.withheld) == (500, 300, "")
    assert (points(ada), points(referral.friend)) == (500, 325)
    booked = list(Posting.objects.filter(actor="referrals").order_by("points"))
    assert [posting.reference for posting in booked] == [f"referral:{referral.pk}"] * 2
    assert [posting.reasons[0]["words"]["en"] for posting in booked] == [
        "A friend invited you",
        "For bringing a friend",
    ]
    told = Event.objects.filter(kind="referral.rewarded").order_by("member_id").values_list("member_id", "payload")
    assert [(member, payload["as"], payload["points"], payload["friend_points"]) for member, payload in told] == [
        (ada.pk, "referrer", 500, 300),
        (referral.friend_id, "friend", 300, 300),
    ]


def test_a_purchase_below_the_minimum_is_passed_over_for_the_first_that_is_enough(shop: Shop, ada: Member) -> None:
    referral = friends.joins(ada, at=JOINED_AT)
    buys(shop, referral.friend, "19.99")
    later = buys(shop, referral.friend, "20.00", at=BOUGHT_AT + timedelta(days=2))

    tick(BOUGHT_AT + timedelta(days=3))

    referral.refresh_from_db()
    assert (referral.purchase_id, referral.due_at) == (later.purchase_id, DUE_AT + timedelta(days=2))


def test_what_was_bought_before_joining_does_not_count_but_a_slow_clock_of_a_till_does(shop: Shop, ada: Member) -> None:
    early, slow = (friends.joins(ada, at=JOINED_AT) for _each in range(2))
    buys(shop, early.friend, at=JOINED_AT - timedelta(minutes=16))
    buys(shop, slow.friend, at=JOINED_AT - timedelta(minutes=14))

    assert rewarding.find(shop.programme, at=BOUGHT_AT) == 1
    assert (became(early)[0], became(slow)[0]) == ("joined", "waiting")


def test_goods_brought_back_in_time_lead_back_to_joined_and_the_next_purchase_counts(shop: Shop, ada: Member) -> None:
    referral = friends.joins(ada, at=JOINED_AT)
    first = buys(shop, referral.friend)
    tick(BOUGHT_AT)
    bring_back(shop, first, "B-1", (1, "1"), at=BOUGHT_AT + timedelta(days=5))
    second = buys(shop, referral.friend, "30.00", at=BOUGHT_AT + timedelta(days=6))

    assert tick(DUE_AT) == 1
    assert became(referral) == ("joined", "")
    tick(DUE_AT)
    referral.refresh_from_db()
    assert (referral.state, referral.purchase_id) == ("waiting", second.purchase_id)
    tick(DUE_AT + timedelta(days=6))
    assert became(referral)[0] == "rewarded"
    assert points(ada) == 500


def test_goods_brought_back_after_the_reward_take_nothing_back(shop: Shop, ada: Member) -> None:
    referral = friends.joins(ada, at=JOINED_AT)
    sale = buys(shop, referral.friend)
    tick(BOUGHT_AT)
    tick(DUE_AT)

    bring_back(shop, sale, "B-1", (1, "1"), at=DUE_AT + timedelta(days=1))
    tick(DUE_AT + timedelta(days=2))

    assert became(referral)[0] == "rewarded"
    assert (points(ada), points(referral.friend)) == (500, 300)


def test_who_buys_nothing_in_time_is_given_up_when_late_receipts_could_have_come(shop: Shop, ada: Member) -> None:
    referral = friends.joins(ada, at=JOINED_AT)
    last = referral.buy_until + timedelta(days=shop.programme.oldest_receipt_days)

    tick(last - timedelta(seconds=1))
    assert became(referral) == ("joined", "")
    tick(last)
    assert became(referral) == ("refused", "too_late")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ada+friend@example.com", "same_email"),
        ("ADA+2@example.com", "same_email"),
        ("a.d.a@example.com", ""),
        ("ada@example.org", ""),
    ],
)
def test_a_mailbox_of_ones_own_is_no_friend_but_joins(shop: Shop, ada: Member, address: str, reason: str) -> None:
    referral = friends.joins(ada, at=JOINED_AT, email=address)

    assert became(referral) == ("refused" if reason else "joined", reason)
    assert Event.objects.filter(kind="referral.joined").count() == (0 if reason else 1)
    assert Member.objects.filter(email=address.lower()).exists()


def test_mailboxes_are_compared_as_their_provider_delivers() -> None:
    assert referral_words.mailbox("A.D.A+x@GoogleMail.com") == referral_words.mailbox("ada@gmail.com")
    assert referral_words.mailbox("a.da@example.com") != referral_words.mailbox("ada@example.com")


def test_a_device_of_ones_own_is_no_friend(shop: Shop, ada: Member) -> None:
    assert became(friends.joins(ada, at=JOINED_AT, devices=[ada.pk])) == ("refused", "same_device")
    assert became(friends.joins(ada, at=JOINED_AT, devices=[ada.pk + 999])) == ("joined", "")


def test_who_turns_out_to_be_the_same_person_before_the_reward_gets_none(shop: Shop, ada: Member) -> None:
    referral = friends.joins(ada, at=JOINED_AT)
    buys(shop, referral.friend)
    tick(BOUGHT_AT)
    enrolment.update(referral.friend, email="ada+other@example.com", at=BOUGHT_AT)

    tick(DUE_AT)

    assert became(referral) == ("refused", "same_email")
    assert points(ada) == 0


def test_beyond_the_years_limit_only_the_friend_gets_points_and_a_new_year_begins_anew(shop: Shop, ada: Member) -> None:
    friends.scheme(most_a_year=1, milestones=[[2, 1000]])
    both = [friends.joins(ada, at=JOINED_AT) for _each in range(2)]
    for referral in both:
        buys(shop, referral.friend)
    tick(BOUGHT_AT)
    assert tick(DUE_AT) == 2

    assert [(became(each)[0], each.referrer_given, each.friend_given, each.withheld) for each in both] == [
        ("rewarded", 500, 300, ""),
        ("rewarded", 0, 300, "limit"),
    ]
    assert points(ada) == 500
    third = friends.joins(ada, at=datetime(2027, 1, 2, tzinfo=UTC))
    buys(shop, third.friend, at=datetime(2027, 1, 3, tzinfo=UTC))
    tick(datetime(2027, 1, 4, tzinfo=UTC))
    tick(datetime(2027, 1, 20, tzinfo=UTC))
    assert (became(third)[0], third.referrer_given) == ("rewarded", 500)
    # The second friend who counts is the third who came: the milestone is reached by this one.
    assert list(ReferralMilestone.objects.values_list("friends", "points", "referral_id")) == [(2, 1000, third.pk)]


def test_milestones_come_on_top_once_each(shop: Shop, ada: Member) -> None:
    friends.scheme(milestones=[[1, 50], [3, 700]])
    brought = [friends.joins(ada, at=JOINED_AT) for _each in range(4)]
    for referral in brought:
        buys(shop, referral.friend)
    tick(BOUGHT_AT)

    tick(DUE_AT)

    assert points(ada) == 4 * 500 + 50 + 700
    reached = ReferralMilestone.objects.order_by("friends").values_list("friends", "points", "referral_id")
    assert list(reached) == [(1, 50, brought[0].pk), (3, 700, brought[2].pk)]
    assert Posting.objects.filter(reference=f"referral:{brought[2].pk}:milestone:3").count() == 1


def test_terms_are_those_of_the_day_of_joining(shop: Shop, ada: Member) -> None:
    referral = friends.joins(ada, at=JOINED_AT)
    friends.scheme(is_active=False, referrer_points=1, friend_points=1, minimum=1000, days=0)
    buys(shop, referral.friend)
    tick(BOUGHT_AT)
    tick(DUE_AT)

    assert became(referral)[0] == "rewarded"
    assert (referral.referrer_given, referral.friend_given) == (500, 300)


def test_the_wait_is_at_least_as_long_as_points_are_pending(shop: Shop, ada: Member) -> None:
    friends.scheme(days=2)
    shop.point_type.pending_days = 30
    shop.point_type.save()

    assert friends.joins(ada, at=JOINED_AT).days == 30


def test_while_a_membership_is_on_hold_nothing_is_decided(shop: Shop, ada: Member) -> None:
    referral, sam = friends.joins(ada, at=JOINED_AT), factories.staff()
    buys(shop, referral.friend)
    tick(BOUGHT_AT)
    enrolment.suspend(ada, reason="odd", at=BOUGHT_AT, actor=sam)

    assert tick(DUE_AT) == 0
    enrolment.reactivate(ada, reason="fine", at=DUE_AT, actor=sam)
    assert tick(DUE_AT) == 1
    assert points(ada) == 500


def test_who_has_left_gets_nothing_and_the_other_theirs(shop: Shop, ada: Member) -> None:
    stays, leaves = friends.joins(ada, at=JOINED_AT), friends.joins(ada, at=JOINED_AT)
    for referral in (stays, leaves):
        buys(shop, referral.friend)
    tick(BOUGHT_AT)
    for member in (ada, leaves.friend):
        closing.close(member, source="portal", at=BOUGHT_AT)

    tick(DUE_AT)

    assert (became(stays)[0], stays.friend_given, stays.referrer_given, stays.withheld) == ("rewarded", 300, 0, "left")
    assert became(leaves) == ("refused", "left")
    assert points(ada) == 0


def test_one_friend_has_one_referral_and_a_repeat_finds_it(shop: Shop, ada: Member) -> None:
    referral, eve = friends.joins(ada, at=JOINED_AT), factories.member()
    by = referrals.invitation(referrals.code_of(eve, at=JOINED_AT), shop.programme)

    assert referrals.join(referral.friend, by, shop.programme, via="portal", at=BOUGHT_AT) == referral


def test_a_code_stays_is_read_as_people_type_it_and_mistyped_ones_are_told_apart(shop: Shop, ada: Member) -> None:
    programme = friends.scheme()
    code = referrals.code_of(ada, at=JOINED_AT)

    assert referrals.code_of(ada, at=BOUGHT_AT) == code
    assert (len(code), codes.is_valid(code, referrals.LENGTH)) == (8, True)
    assert referrals.invitation(f" {codes.written(code).lower()} ", programme).referrer == ada
    with pytest.raises(referrals.InvalidReferralCode):
        referrals.invitation(code[:-1], programme)
    with pytest.raises(referrals.UnknownReferralCode):
        referrals.invitation(codes.draw(referrals.LENGTH), programme)
    closing.close(ada, source="portal", at=BOUGHT_AT)
    with pytest.raises(referrals.UnknownReferralCode):
        referrals.invitation(code, programme)
    with pytest.raises(referrals.NoReferrals):
        referrals.invitation(code, friends.scheme(is_active=False))


def test_staff_refuse_with_a_reason_what_is_not_settled(shop: Shop, ada: Member) -> None:
    referral, sam = friends.joins(ada, at=JOINED_AT), factories.staff()
    with pytest.raises(ReasonMissing):
        referrals.refuse(referral, reason="  ", at=BOUGHT_AT, actor=sam)

    referrals.refuse(referral, reason="The same household", at=BOUGHT_AT, actor=sam)

    buys(shop, referral.friend)
    tick(BOUGHT_AT)
    assert became(referral) == ("refused", "staff")
    entry = AuditEntry.objects.get(action="referral.refused")
    assert (entry.subject, entry.reason, entry.actor) == (f"referral:{referral.pk}", "The same household", sam)
    with pytest.raises(referrals.ReferralSettled):
        referrals.refuse(referral, reason="Again", at=BOUGHT_AT, actor=sam)


@pytest.mark.parametrize(
    "change",
    [
        "update campaigns_referral set state = 'joined', reason = '', done_at = null",
        "update campaigns_referral set friend_points = 9",
        "update campaigns_referral set referrer_given = 9",
        "delete from campaigns_referral",
        "truncate campaigns_referral cascade",
    ],
)
def test_the_database_keeps_what_was_decided(shop: Shop, ada: Member, change: str) -> None:
    friends.joins(ada, at=JOINED_AT, devices=[ada.pk])

    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(change)


def test_a_batch_takes_the_same_statements_for_one_and_for_many(shop: Shop, ada: Member) -> None:
    def statements(number: int, day: int) -> int:
        at = JOINED_AT + timedelta(days=day)
        for referral in [friends.joins(ada, at=at) for _each in range(number)]:
            buys(shop, referral.friend, at=at)
        with CaptureQueriesContext(connection) as first:
            tick(at)
        with CaptureQueriesContext(connection) as second:
            assert tick(at + timedelta(days=20)) == number
        return len(first) + len(second)

    assert statements(1, 1) == statements(5, 30)


def test_a_member_sees_how_far_friends_are_by_first_names(shop: Shop, ada: Member) -> None:
    friends.scheme(milestones=[[1, 50], [3, 700]])
    bought = friends.joins(ada, at=JOINED_AT, name="王小明")
    friends.joins(ada, at=JOINED_AT, name="")
    buys(shop, bought.friend)
    tick(BOUGHT_AT)
    tick(DUE_AT)

    standing = referral_figures.of_member(ada.pk, shop.programme, at=DUE_AT)

    assert [(each.name, each.state, each.points) for each in standing.friends] == [
        ("", "joined", 0),
        ("小明", "rewarded", 500),
    ]
    assert (standing.this_year, standing.counted, standing.points) == (1, 1, 550)
    assert [(each.friends, each.is_reached) for each in standing.milestones] == [(1, True), (3, False)]
    assert [referral_words.given_name(name) for name in ("Ada Lovelace", "王明", "欧阳小明", "李", "")] == [
        "Ada", "明", "小明", "李", "",
    ]  # fmt: skip


def test_results_count_friends_points_and_what_friends_bought(shop: Shop, ada: Member) -> None:
    first, _second = friends.joins(ada, at=JOINED_AT), friends.joins(ada, at=JOINED_AT)
    sale = buys(shop, first.friend, "60.00")
    bring_back(shop, sale, "B-0", (1, "0.5"), at=BOUGHT_AT)
    tick(BOUGHT_AT)
    tick(DUE_AT)

    came = referral_figures.results(shop.programme)

    assert (came.counted["all"], came.counted["joined"], came.counted["rewarded"]) == (2, 1, 1)
    assert (came.points, came.cost, came.purchases, came.amount) == (800, Decimal(8), 1, Decimal(30))


def test_the_scheme_reads_itself_in_both_languages(shop: Shop) -> None:
    scheme = ReferralScheme(is_active=True, milestones=[[3, 300]])

    with translation.override("en"):
        assert referral_words.of(scheme, currency="GBP", pending_days=30) == (
            "Who invites gets 500 points, the friend 300. For the friend's first purchase of at least £20.00, made "
            "within 90 days of joining. The points come 30 days after it, if the goods are kept. Who invites gets them "
            "for at most 10 friends a year. With rewarded friend number 3 come 300 more points."
        )
    with translation.override("zh-hans"):
        assert "积分" in referral_words.of(scheme, currency="GBP", pending_days=0)


def test_codes_of_everybody_differ(shop: Shop) -> None:
    for _each in range(3):
        referrals.code_of(factories.member(), at=JOINED_AT)

    assert ReferralCode.objects.values("code").distinct().count() == 3
    assert issubclass(referrals.UnknownReferralCode, LoyaltyError)
