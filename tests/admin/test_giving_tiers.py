"""A tier given by hand: seen before, reasoned, audited; what can't be given is told at the form."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from access.models import AuditEntry
from core.models import Event
from members.models import Member
from tests.admin.desk import NOON, Story, at_desk, confirm, shown_again, text
from tiers import qualification
from tiers.models import Standing, Tier, TierChange

TODAY = NOON.date()
UNTIL = date(2026, 12, 31)


@pytest.fixture
def support(story: Story) -> Client:
    return at_desk("support")


def form(story: Story, *, rank: int = 1, **changes: Any) -> dict[str, Any]:
    """Silver until the end of the year, because she won a race."""
    given = {"tier": str(story.shop.tiers[rank].pk), "until": UNTIL.isoformat(), "reason": "Won the egg race"}
    return given | changes


def address(story: Story) -> str:
    return f"/admin/members/member/{story.member.pk}/give-tier/"


def audited() -> int:
    return AuditEntry.objects.filter(action="tier.given").count()


def test_a_tier_is_given_after_a_look(story: Story, support: Client) -> None:
    first = support.post(address(story), form(story))

    page = text(first)
    assert "holds Member Silver" in page
    assert "valid until – 31 Dec 2026" in page
    assert (Standing.objects.filter(given_tier__isnull=False).exists(), audited()) == (False, 0)

    done = support.post(address(story), form(story) | shown_again(first))

    assert (done.status_code, done["Location"]) == (302, f"/admin/members/member/{story.member.pk}/change/")
    assert "Done: the member holds Silver, until 31 Dec 2026 at least." in text(support.get(done["Location"]))
    standing = Standing.objects.get(member=story.member)
    assert (standing.tier.code, standing.given_until, standing.valid_until) == ("silver", UNTIL, UNTIL)
    change = TierChange.objects.get()
    entry = AuditEntry.objects.get(action="tier.given")
    assert entry.actor
    assert (change.cause, change.on, change.reference) == ("staff", TODAY, f"staff:{entry.actor.pk}")
    assert (entry.subject, entry.reason) == (f"member:{story.member.pk}", "Won the egg race")
    assert entry.changes == {"tier": "silver", "until": "2026-12-31"}
    assert Event.objects.filter(kind="tier.raised", member_id=story.member.pk).count() == 1


def test_without_an_end_it_lasts_as_if_it_had_been_reached(story: Story, support: Client) -> None:
    confirm(support, address(story), form(story, until=""))

    assert Standing.objects.get(member=story.member).valid_until == date(2027, 7, 31)
    assert AuditEntry.objects.get(action="tier.given").changes == {"tier": "silver", "until": None}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"until": "2026-05-31"}, "The tier would end on 2026-05-31, before it begins on 2026-06-01."),
        ({"until": "soon"}, "Enter a valid date."),
        ({"reason": ""}, "This field is required."),
        ({"tier": ""}, "This field is required."),
    ],
)
def test_what_makes_no_sense_is_told_at_the_form(
    story: Story, support: Client, changes: dict[str, Any], refusal: str
) -> None:
    page = confirm(support, address(story), form(story, **changes))

    assert page.status_code == 200
    assert refusal in text(page)
    assert (TierChange.objects.count(), audited()) == (0, 0)


def test_the_lowest_tier_is_not_offered(story: Story, support: Client) -> None:
    page = confirm(support, address(story), form(story, rank=0))

    assert "Select a valid choice." in text(page)
    assert audited() == 0


def test_a_higher_tier_that_was_given_is_not_taken_away(story: Story, support: Client) -> None:
    gold = story.shop.tiers[2]
    qualification.grant(
        story.member.pk, gold, on=TODAY, until=UNTIL, cause="staff", reference="test", at=NOON - timedelta(hours=1)
    )

    page = confirm(support, address(story), form(story))

    assert "This member has already been given a higher tier, until 2026-12-31." in text(page)
    assert Standing.objects.get(member=story.member).given_tier == gold
    assert audited() == 0


def test_a_closed_member_gets_none(story: Story, support: Client) -> None:
    Member.objects.filter(pk=story.member.pk).update(status="closed")

    page = confirm(support, address(story), form(story))

    assert "closed" in text(page)
    assert (Tier.objects.count(), TierChange.objects.count(), audited()) == (3, 0, 0)


@pytest.mark.parametrize("role", ["cashier", "marketing", "finance"])
def test_others_may_not(story: Story, role: str) -> None:
    client = at_desk(role)

    assert client.get(address(story)).status_code == 403
    assert client.post(address(story), form(story)).status_code == 403
    assert TierChange.objects.count() == 0
