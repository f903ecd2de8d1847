"""Points given and taken by hand: seen before, reasoned, audited, once."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from access.models import AuditEntry
from core.models import Event
from members.models import Member
from points.models import Account, Posting, PostingNote
from tests.admin.desk import NOON, Story, at_desk, confirm, shown_again, text
from tests.pos.selling import bring_back


@pytest.fixture
def support(story: Story) -> Client:
    return at_desk("support")


def form(**changes: Any) -> dict[str, Any]:
    """Fifty points given out of goodwill."""
    given = Account.objects.get().point_type_id
    return {"point_type": given, "direction": "give", "points": "50", "reason": "goodwill"} | changes


def address(story: Story) -> str:
    return f"/admin/members/member/{story.member.pk}/adjust/"


def test_points_are_given_after_a_look(story: Story, support: Client) -> None:
    notes = {"note_for_member": "Sorry for the wait", "internal_note": "Queue of 20 minutes, asked by Sam"}

    first = support.post(address(story), form(**notes) | shown_again(support.get(address(story))))
    page = text(first)

    assert "available 70 120" in page
    assert "they expire 1 Jul 2027" in page
    assert "the member reads Goodwill – Sorry for the wait" in page
    assert Account.objects.get().available == 70

    done = support.post(address(story), form(**notes) | shown_again(first))

    assert (done.status_code, done["Location"]) == (302, f"/admin/members/member/{story.member.pk}/change/")
    assert "Done: the member has 120 points now." in text(support.get(done["Location"]))
    assert Account.objects.get().available == 120
    posting = Posting.objects.latest("number")
    assert (posting.kind, posting.points) == ("adjust", 50)
    assert posting.reasons[0]["words"]["en"] == "Goodwill"
    assert set(posting.reasons[0]["words"]) == {"en", "zh-hans"}
    assert posting.actor.startswith("staff:")
    note = PostingNote.objects.get(pk=posting.pk)
    assert (note.for_member, note.internal) == ("Sorry for the wait", "Queue of 20 minutes, asked by Sam")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.subject, entry.reason) == (
        "points.adjusted",
        f"member:{story.member.pk}",
        "goodwill",
    )
    assert entry.changes == {"points": 50, "point_type": "points", "posting": posting.pk}
    assert str(entry.actor) == "support"
    assert Event.objects.filter(kind="points.adjusted", reference=posting.reference).count() == 1


def test_points_are_taken(story: Story, support: Client) -> None:
    confirm(support, address(story), form(direction="take", points="70", reason="correction"))

    account = Account.objects.get()
    assert (account.available, account.debt) == (0, 0)
    assert Posting.objects.latest("number").points == -70


def test_more_than_there_is_can_not_be_taken(story: Story, support: Client) -> None:
    page = confirm(support, address(story), form(direction="take", points="71", reason="correction"))

    assert page.status_code == 200
    assert "Only 70 points can be used, 71 are needed." in text(page)
    assert Account.objects.get().available == 70
    assert AuditEntry.objects.filter(action="points.adjusted").count() == 0


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": ""}, "This field is required."),
        ({"reason": "because"}, "Select a valid choice. because is not one of the available choices."),
        ({"points": "0"}, "One at least, and without a minus"),
        ({"points": "-5"}, "One at least, and without a minus"),
        ({"points": "1.5"}, "Enter a whole number."),
        ({"points": "99999999999999999999"}, "Ensure this value is less than or equal to 10000000."),
        ({"direction": "lend"}, "Select a valid choice. lend is not one of the available choices."),
    ],
)
def test_what_makes_no_sense_is_refused_beside_the_field(
    story: Story, support: Client, changes: dict[str, str], refusal: str
) -> None:
    page = confirm(support, address(story), form(**changes))

    assert page.status_code == 200
    assert refusal in text(page)
    assert Posting.objects.filter(kind="adjust").count() == 1


def test_nothing_happens_without_the_preview(story: Story, support: Client) -> None:
    reference = shown_again(support.get(address(story)))["reference"]

    page = support.post(address(story), form(reference=reference, seen="made up"))

    assert page.status_code == 200
    assert "What will happen" in text(page)
    assert Account.objects.get().available == 70


def test_what_was_changed_after_the_preview_is_shown_anew(story: Story, support: Client) -> None:
    first = support.post(address(story), form() | shown_again(support.get(address(story))))

    page = support.post(address(story), form(points="5000") | shown_again(first))

    assert "available 70 5,070" in text(page)
    assert Account.objects.get().available == 70


def test_a_double_click_gives_once(story: Story, support: Client) -> None:
    first = support.post(address(story), form() | shown_again(support.get(address(story))))
    confirmed = form() | shown_again(first)

    support.post(address(story), confirmed)
    again = support.post(address(story), confirmed)
    support.post(address(story), form() | shown_again(again))

    assert Account.objects.get().available == 120
    assert Posting.objects.filter(kind="adjust").count() == 2
    assert AuditEntry.objects.filter(action="points.adjusted").count() == 1


def test_what_a_member_owes_is_repaid_first(story: Story, support: Client) -> None:
    confirm(support, address(story), form(direction="take", points="70", reason="correction"))
    with transaction.atomic():
        bring_back(story.shop, story.sale, "RET-2", (1, "1"), at=NOON)

    first = support.post(address(story), form(points="100") | shown_again(support.get(address(story))))
    support.post(address(story), form(points="100") | shown_again(first))

    assert "available 0 40" in text(first)
    assert "owed 60 0" in text(first)
    account = Account.objects.get()
    assert (account.available, account.debt) == (40, 0)


def test_a_closed_membership_gets_nothing(story: Story, support: Client) -> None:
    Member.objects.update(status="closed")

    page = confirm(support, address(story), form())

    assert "This membership has been closed" in text(page)
    assert Account.objects.get().available == 70
