"""Many at once on real connections: the last piece goes to one, a token charges once, a voucher is used once."""

from collections import Counter
from collections.abc import Callable

import pytest
from django.db import transaction

from core.errors import LoyaltyError
from members.models import Member
from points import verification
from points.models import Posting
from rewards import proofs, redemption, supply, vouchers
from rewards.models import Proving, Reward, Unit, Voucher
from rewards.proofs import Kind, NotProved, Proof
from rewards.redemption import Redeemed
from tests import factories
from tests.factories import Shop
from tests.racing import outcomes, run_in_threads
from tests.rewards.claims import NOON, PORTAL, available, left, redeem, rich, states


@pytest.fixture
def shop(committed_db: None) -> Shop:
    return factories.shop()


def told(found: object) -> str:
    """What one of the racers was told, in a word."""
    return found.code if isinstance(found, LoyaltyError) else type(found).__name__


def test_two_members_after_the_last_piece(shop: Shop) -> None:
    for round_ in range(5):
        members = [rich(100), rich(100)]
        name = f"mug-{round_}"
        factories.reward(name, stock=1)

        found = outcomes(2, lambda number, m=members, n=name: redeem(m[number], n))  # type: ignore[misc]

        assert Counter(map(told, found)) == {"Redeemed": 1, "reward_sold_out": 1}
        winner = next(number for number, each in enumerate(found) if isinstance(each, Redeemed))
        assert (available(members[winner]), available(members[1 - winner])) == (0, 100)
        assert (states(members[winner]), states(members[1 - winner])) == (["issued"], [])
        assert left(name) == 0
    assert verification.faults() == []


def test_twelve_members_after_five_pieces(shop: Shop) -> None:
    members = [rich(100) for _number in range(12)]
    factories.reward(stock=5)

    found = outcomes(12, lambda number: redeem(members[number]))

    assert Counter(map(told, found)) == {"Redeemed": 5, "reward_sold_out": 7}
    assert sorted(available(member) for member in members) == [0] * 5 + [100] * 7
    assert Unit.objects.exclude(voucher=None).count() == Voucher.objects.count() == 5


def test_nobody_is_told_sold_out_while_the_last_piece_may_come_back(shop: Shop) -> None:
    """Of two who ask for the last piece, the first can't pay: whoever comes second must have it."""
    for round_ in range(5):
        poor, rich_one = rich(100), rich(100)
        name = f"mug-{round_}"
        factories.reward(name, stock=1)

        def ask(number: int, who: tuple[Member, Member] = (poor, rich_one), name: str = name) -> object:
            if number == 0:
                with transaction.atomic():
                    redeem(who[0], name)
                    transaction.set_rollback(True)
                return None
            return redeem(who[1], name)

        _given_up, had = outcomes(2, ask)

        assert isinstance(had, Redeemed)
        assert (available(poor), available(rich_one), left(name)) == (100, 0, 0)


def test_the_same_token_twelve_times_at_once_charges_once(shop: Shop) -> None:
    member = rich(1000)
    factories.reward(stock=12)

    found = run_in_threads(12, lambda _number: redeem(member, token="button"))

    assert len({each.voucher.pk for each in found}) == 1
    assert Counter(each.is_repeat for each in found) == {False: 1, True: 11}
    assert (available(member), left(), Posting.objects.filter(kind="redeem").count()) == (900, 11, 1)


def test_one_member_at_twelve_tills_has_no_more_than_their_limit(shop: Shop) -> None:
    member = rich(5000)
    factories.reward(limit_per_member=3)

    found = outcomes(12, lambda number: redeem(member, token=f"till-{number}"))

    assert Counter(map(told, found)) == {"Redeemed": 3, "reward_limit_reached": 9}
    assert available(member) == 4700


def test_each_code_goes_to_one_of_many(shop: Shop) -> None:
    members = [rich(100) for _number in range(12)]
    cinema = factories.reward("cinema", supply=Reward.Supply.CODES)
    supply.add_codes(cinema, "Odeon", [f"CODE-{number}" for number in range(8)], at=NOON, actor=None)

    found = outcomes(12, lambda number: redeem(members[number], "cinema").voucher.supplied_code)

    given = [each for each in found if isinstance(each, str)]
    assert (len(given), len(set(given))) == (8, 8)


def race(work: list[Callable[[], object]]) -> Counter[str]:
    return Counter(map(told, outcomes(len(work), lambda number: work[number]())))


def test_a_voucher_used_by_two_tills_in_the_same_moment(shop: Shop) -> None:
    member = rich(1000)
    factories.reward()
    tills = [shop.terminal, factories.terminal(shop.store, "T2")]
    for round_ in range(5):
        voucher = redeem(member, token=str(round_)).voucher

        def use(number: int, code: str = voucher.code) -> object:
            return vouchers.use(
                code, store_id=shop.store.pk, terminal_id=tills[number].pk, at=NOON, actor="till", receipt="7"
            )

        found = outcomes(2, use)

        assert Counter(map(told, found)) == {"Used": 1, "voucher_used": 1}
    assert states(member) == ["used"] * 5


def test_a_voucher_is_cancelled_or_used_and_never_both(shop: Shop) -> None:
    member = rich(2000)
    factories.reward(stock=10)
    for round_ in range(8):
        voucher = redeem(member, token=str(round_)).voucher
        before = available(member)

        def use(code: str = voucher.code) -> object:
            return vouchers.use(code, store_id=shop.store.pk, terminal_id=None, at=NOON, actor="till", receipt="7")

        def cancel(voucher: Voucher = voucher) -> object:
            return redemption.cancel(voucher, at=NOON, actor=PORTAL)

        found = race([use, cancel])

        voucher.refresh_from_db()
        if voucher.state == "used":
            assert found == {"Used": 1, "voucher_used": 1}
            assert available(member) == before
        else:
            assert found == {"Cancelled": 1, "voucher_cancelled": 1}
            assert available(member) == before + 100
    taken = Voucher.objects.filter(state="used").count()
    assert left() == 10 - taken
    assert verification.faults() == []


def test_cancelled_twelve_times_at_once_gives_back_once(shop: Shop) -> None:
    member = rich(100)
    factories.reward(stock=1)
    voucher = redeem(member).voucher

    found = run_in_threads(12, lambda _number: redemption.cancel(voucher, at=NOON, actor=PORTAL))

    assert Counter(each.is_repeat for each in found) == {False: 1, True: 11}
    assert (available(member), left(), Posting.objects.filter(kind="restore").count()) == (100, 1, 1)


def test_the_night_and_the_till_meet_at_a_voucher(shop: Shop) -> None:
    member = rich(2000)
    factories.reward(voucher_days=1)
    many = [redeem(member, token=str(number)).voucher for number in range(8)]
    due = many[0].expires_at

    def late(number: int) -> object:
        if number == 0:
            return vouchers.expire_due(due, chunk=2)
        return vouchers.use(
            many[number].code, store_id=shop.store.pk, terminal_id=None, at=NOON, actor="till", receipt="1"
        )

    outcomes(8, late)

    assert set(states(member)) <= {"used", "expired"}
    assert Voucher.objects.filter(state="issued").count() == 0


def check(member: Member, proof: Proof) -> NotProved | None:
    """As a till does it: committed, whatever comes of it."""
    with transaction.atomic():
        return proofs.check(member.pk, proof, at=NOON)


def test_a_qr_code_shown_at_two_tills_proves_at_one(shop: Shop) -> None:
    member = factories.member()
    shown = proofs.issue_qr(member, at=NOON).text

    found = run_in_threads(6, lambda _number: check(member, Proof(Kind.QR, shown)))

    assert sorted(told(each) for each in found) == ["NoneType"] + ["qr_not_taken"] * 5


def test_twenty_guesses_at_once_are_five(shop: Shop) -> None:
    member = factories.member()
    proofs.set_pin(member, "2580", at=NOON)

    found = run_in_threads(20, lambda number: check(member, Proof(Kind.PIN, f"10{number:02d}")))

    assert Counter(told(each) for each in found) == {"pin_wrong": 4, "pin_locked": 16}
    assert Proving.objects.get().pin_failures == 5


def test_codes_asked_for_at_once_are_five(shop: Shop) -> None:
    member = factories.member()

    found = outcomes(8, lambda _number: proofs.send_code(member, at=NOON, place="Covent Garden"))

    assert Counter(map(told, found)) == {"Sent": 5, "too_many_codes": 3}
