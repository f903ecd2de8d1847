from datetime import UTC, datetime

import pytest

from access.models import AuditEntry
from core.models import Event
from members import cards, numbers
from members.identity import MemberClosed
from members.models import Card, Member
from tests import factories, racing

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_a_lost_card_is_replaced_under_a_new_number(db: None) -> None:
    sam = factories.staff()
    member = factories.member(number="000000005724")

    new = cards.replace(member, reason="lost on the bus", at=AT, actor=sam)

    assert numbers.is_valid(new.number)
    assert new.number != "000000005724"
    assert member.number == Member.objects.get().number == new.number
    assert list(Card.objects.order_by("issued_at").values_list("number", "member", "status", "replaced_at")) == [
        ("000000005724", member.pk, "replaced", AT),
        (new.number, member.pk, "active", None),
    ]
    assert list(AuditEntry.objects.values_list("action", "subject", "actor", "reason", "changes")) == [
        (
            "member.card_replaced",
            f"member:{member.pk}",
            sam.pk,
            "lost on the bus",
            {"number": ["000000005724", new.number]},
        )
    ]
    assert list(Event.objects.values_list("kind", "reference", "member_id", "payload")) == [
        ("member.card_replaced", f"card:{new.number}", member.pk, {"replaces": "000000005724"})
    ]


def test_a_number_that_is_taken_is_not_given_out_again(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    member = factories.member(number="000000005724")
    drawn = iter(["000000005724", "000000000000"])
    monkeypatch.setattr(numbers, "draw", lambda: next(drawn))

    assert cards.replace(member, reason="lost", at=AT, actor=None).number == "000000000000"


def test_a_closed_member_gets_no_card(db: None) -> None:
    member = factories.member(number="000000005724", status="closed")

    with pytest.raises(MemberClosed):
        cards.replace(member, reason="lost", at=AT, actor=None)

    assert Card.objects.get().status == "active"


def test_two_replacements_at_once_leave_one_active_card(committed_db: None) -> None:
    member = factories.member(number="000000005724")

    new = racing.run_in_threads(2, lambda _number: cards.replace(member, reason="lost", at=AT, actor=None).number)

    active = Card.objects.get(status="active")
    assert active.number in new
    assert Member.objects.get().number == active.number
    assert set(Card.objects.filter(status="replaced").values_list("number", flat=True)) == {
        "000000005724",
        *(number for number in new if number != active.number),
    }
