"""Proving that it is the member: by a QR code that changes, a code that is sent, or a PIN."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from core.errors import LoyaltyError
from core.models import Event
from members.models import Member
from messaging.models import Message
from rewards import proofs
from rewards.models import Proving, SpendingCode
from rewards.proofs import (
    CodeWrong,
    Kind,
    NoAddress,
    NotProved,
    PinLocked,
    PinNotSet,
    PinWrong,
    Proof,
    QrNotTaken,
    TooManyCodes,
    WeakPin,
)
from tests import factories
from tests.factories import Shop
from tests.rewards.claims import sent_code

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)  # a window begins


@pytest.fixture
def member(shop: Shop) -> Member:
    return factories.member()


def check(member: Member, kind: Kind, value: str, at: datetime = NOON) -> NotProved | None:
    return proofs.check(member.pk, Proof(kind, value), at=at)


def test_a_qr_code_names_its_member_and_changes_every_half_minute(member: Member) -> None:
    shown = proofs.issue_qr(member, at=NOON + timedelta(seconds=7))
    next_one = proofs.issue_qr(member, at=shown.changes_at)

    assert proofs.number_in(shown.text) == member.number
    assert (shown.changes_at, shown.valid_until) == (NOON + timedelta(seconds=30), NOON + timedelta(seconds=60))
    assert proofs.issue_qr(member, at=NOON + timedelta(seconds=29)).text == shown.text
    assert next_one.text != shown.text
    assert re.fullmatch(r"SP[0-9]{12}[0-9A-HJKMNP-TV-Z]{8}", shown.text)


def test_a_qr_code_proves_once(member: Member) -> None:
    shown = proofs.issue_qr(member, at=NOON).text

    assert check(member, Kind.QR, shown) is None
    assert isinstance(check(member, Kind.QR, shown), QrNotTaken)
    assert isinstance(check(member, Kind.QR, shown, NOON + timedelta(seconds=59)), QrNotTaken)


def test_a_qr_code_is_taken_for_a_minute_at_most(member: Member) -> None:
    shown = proofs.issue_qr(member, at=NOON)

    assert isinstance(check(member, Kind.QR, shown.text, shown.valid_until), QrNotTaken)
    assert isinstance(check(member, Kind.QR, shown.text, NOON - timedelta(seconds=1)), QrNotTaken)
    assert check(member, Kind.QR, f" {shown.text.lower()} ", shown.valid_until - timedelta(microseconds=1)) is None


def test_an_older_picture_is_not_taken_after_a_newer_one(member: Member) -> None:
    older, newer = (proofs.issue_qr(member, at=NOON + timedelta(seconds=s)).text for s in (0, 30))

    assert check(member, Kind.QR, newer, NOON + timedelta(seconds=30)) is None
    assert isinstance(check(member, Kind.QR, older, NOON + timedelta(seconds=31)), QrNotTaken)


def test_a_qr_code_is_its_members_own(member: Member) -> None:
    other = factories.member()
    shown = proofs.issue_qr(other, at=NOON).text
    proofs.issue_qr(member, at=NOON)

    forged = shown.replace(other.number, member.number)

    assert isinstance(check(member, Kind.QR, shown), QrNotTaken)
    assert isinstance(check(member, Kind.QR, forged), QrNotTaken)


@pytest.mark.parametrize(
    "text", ["", "419283746500", "SP419283746500", "SP" + "1" * 20, "SP" + "ä" * 20, "7K3M9QX2TD5RVH0X"]
)
def test_a_picture_of_anything_else_proves_nothing(member: Member, text: str) -> None:
    assert proofs.number_in(text) == ""
    assert isinstance(check(member, Kind.QR, text), QrNotTaken)
    assert isinstance(check(member, Kind.QR, member.number), QrNotTaken)


def test_work_that_is_rolled_back_leaves_the_proof_good(member: Member) -> None:
    shown = proofs.issue_qr(member, at=NOON).text
    with transaction.atomic():
        assert check(member, Kind.QR, shown) is None
        transaction.set_rollback(True)

    assert check(member, Kind.QR, shown) is None


def test_a_code_is_sent_by_sms_and_proves_once(member: Member) -> None:
    sent = proofs.send_code(member, at=NOON, place="Covent Garden")

    message = Message.objects.get()
    assert (sent.channel, sent.address) == ("sms", f"***{str(member.phone)[-4:]}")
    assert sent.expires_at == NOON + timedelta(minutes=10)
    assert (message.address, message.language, message.is_secret) == (str(member.phone), "en", True)
    assert "Covent Garden" in message.body
    code = sent_code()
    assert check(member, Kind.CODE, f" {code[:3]} {code[3:]} ") is None
    assert isinstance(check(member, Kind.CODE, code), CodeWrong)
    assert code not in SpendingCode.objects.get().digest


def test_who_has_no_phone_is_sent_an_e_mail_in_their_language(shop: Shop) -> None:
    member = factories.member(phone=None, email="ada@example.com", language="zh-hans")

    sent = proofs.send_code(member, at=NOON, place="外滩店")

    assert (sent.channel, sent.address) == ("email", "a***@example.com")
    assert check(member, Kind.CODE, sent_code()) is None
    assert "外滩店" in Message.objects.get().subject


def test_who_has_neither_is_sent_nothing(shop: Shop) -> None:
    with pytest.raises(NoAddress):
        proofs.send_code(factories.member(phone=None, external_id="x"), at=NOON, place="Covent Garden")


def test_a_code_is_good_for_ten_minutes_and_three_tries(member: Member) -> None:
    proofs.send_code(member, at=NOON, place="Covent Garden")
    code = sent_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    assert isinstance(check(member, Kind.CODE, code, NOON + timedelta(minutes=10)), CodeWrong)
    tries = [check(member, Kind.CODE, wrong) for _number in range(3)]
    assert [found and found.details for found in tries] == [{"left": 2}, {"left": 1}, {"left": 0}]
    assert isinstance(check(member, Kind.CODE, code), CodeWrong)


def test_a_new_code_voids_the_one_before(member: Member) -> None:
    proofs.send_code(member, at=NOON, place="Covent Garden")
    first = sent_code()
    proofs.send_code(member, at=NOON, place="Covent Garden")
    second = sent_code()

    if first != second:
        assert isinstance(check(member, Kind.CODE, first), CodeWrong)
    assert check(member, Kind.CODE, second) is None


def test_nobody_is_sent_more_than_five_codes_an_hour(member: Member) -> None:
    for _number in range(5):
        proofs.send_code(member, at=NOON, place="Covent Garden")

    with pytest.raises(TooManyCodes):
        proofs.send_code(member, at=NOON + timedelta(minutes=59), place="Covent Garden")
    proofs.send_code(factories.member(), at=NOON, place="Covent Garden")
    proofs.send_code(member, at=NOON + timedelta(hours=1), place="Covent Garden")

    assert Message.objects.filter(member=member).count() == 6


def test_old_codes_are_forgotten(member: Member) -> None:
    proofs.send_code(member, at=NOON, place="Covent Garden")

    assert proofs.forget_codes(at=NOON + timedelta(days=1)) == 0
    assert proofs.forget_codes(at=NOON + timedelta(days=1, seconds=1)) == 1


def test_a_pin_proves_as_often_as_it_is_right(member: Member) -> None:
    proofs.set_pin(member, "258014", at=NOON)

    assert [check(member, Kind.PIN, "258014") for _number in range(3)] == [None] * 3
    assert "258014" not in Proving.objects.get().pin_hash
    assert Event.objects.get().kind == "member.pin_set"


def test_five_wrong_pins_lock_it_until_a_new_one_is_set(member: Member) -> None:
    proofs.set_pin(member, "2580", at=NOON)

    tries = [check(member, Kind.PIN, "1111") for _number in range(4)]
    assert [found and found.details for found in tries] == [{"left": 4}, {"left": 3}, {"left": 2}, {"left": 1}]
    assert isinstance(check(member, Kind.PIN, "1111"), PinLocked)
    assert isinstance(check(member, Kind.PIN, "2580"), PinLocked)
    assert proofs.is_pin_locked(member.pk)

    proofs.set_pin(member, "2581", at=NOON)
    assert not proofs.is_pin_locked(member.pk)
    assert check(member, Kind.PIN, "2581") is None


def test_a_right_pin_forgives_the_wrong_ones(member: Member) -> None:
    proofs.set_pin(member, "2580", at=NOON)
    for _number in range(4):
        assert isinstance(check(member, Kind.PIN, "1111"), PinWrong)

    assert check(member, Kind.PIN, "2580") is None
    assert check(member, Kind.PIN, "1111") is not None
    assert Proving.objects.get().pin_failures == 1


def test_without_a_pin_none_is_right(member: Member) -> None:
    assert isinstance(check(member, Kind.PIN, ""), PinNotSet)
    proofs.set_pin(member, "2580", at=NOON)
    proofs.remove_pin(member, at=NOON)
    proofs.remove_pin(member, at=NOON)

    assert isinstance(check(member, Kind.PIN, "2580"), PinNotSet)
    assert not proofs.has_pin(member.pk)
    assert [event.kind for event in Event.objects.order_by("id")] == ["member.pin_set", "member.pin_removed"]


@pytest.mark.parametrize("pin", ["", "123", "1234567", "abcd", "٤٥٦٧", "1111", "1234", "987654", "0000"])
def test_a_pin_that_everybody_would_try_is_refused(member: Member, pin: str) -> None:
    with pytest.raises(WeakPin) as refusal:
        proofs.set_pin(member, pin, at=NOON)

    assert refusal.value.details == {"pointer": "/pin"}
    assert not proofs.has_pin(member.pk)


def test_not_proved_is_a_refusal_with_a_code() -> None:
    codes = {kind.code for kind in (QrNotTaken, CodeWrong, PinWrong, PinLocked, PinNotSet)}

    assert codes == {"qr_not_taken", "code_wrong", "pin_wrong", "pin_locked", "pin_not_set"}
    assert all(isinstance(each(), LoyaltyError) and each().status == 422 for each in (QrNotTaken, PinLocked))
