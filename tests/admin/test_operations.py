"""Jobs, texts, messages, and the trail of what was changed."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from access.models import AuditEntry
from core import clock as clocks
from core.models import JobRun
from loyalty_site import night
from members.models import Wording
from messaging.models import Message
from tests import factories
from tests.admin.desk import at_desk, text
from tests.factories import Shop


@pytest.fixture
def administrator(shop: Shop) -> Client:
    return at_desk("administrator")


def test_a_job_is_asked_for_and_done(shop: Shop, administrator: Client, clock: time_machine.Traveller) -> None:
    before = text(administrator.get("/admin/core/jobrun/"))
    administrator.post("/admin/core/jobrun/run/points.expire/")
    asked = text(administrator.get("/admin/core/jobrun/"))
    night.run_requested(at=clocks.now())
    after = text(administrator.get("/admin/core/jobrun/"))

    assert (
        "Points that were not used in time expire. Held points stay. Last run not yet Next run 2 Jun 2026, 00:00"
        in before
    )
    assert "Expiry requested" in asked
    assert "Expiry done" in after
    assert "It took less than a second" in after
    run = JobRun.objects.get()
    assert (run.job, run.state, run.requested_by) == ("points.expire", "done", "administrator")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.changes) == ("job.requested", {"job": "points.expire"})


def test_a_job_tells_what_it_did_and_what_went_wrong(shop: Shop, administrator: Client) -> None:
    at = clocks.now()
    JobRun.objects.create(
        job="points.expire",
        period="2026-05-31",
        state="done",
        started_at=at - timedelta(seconds=75),
        finished_at=at,
        done={"accounts": 1200, "points": 34567},
    )
    JobRun.objects.create(job="tiers.review", period="2026-05-31", state="failed", started_at=at, error="No ladder")

    page = text(administrator.get("/admin/core/jobrun/"))

    assert "It did accounts 1,200, points 34,567 It took 75 seconds" in page
    assert "Error No ladder" in page


def test_an_unknown_job_can_not_be_started(shop: Shop, administrator: Client) -> None:
    assert administrator.post("/admin/core/jobrun/run/points.steal/").status_code == 404
    assert administrator.get("/admin/core/jobrun/run/points.expire/").status_code == 403
    assert JobRun.objects.count() == 0


def test_the_page_says_when_the_clock_is_silent(
    shop: Shop, administrator: Client, clock: time_machine.Traveller
) -> None:
    never = text(administrator.get("/admin/core/jobrun/"))
    night.feel_pulse(at=clocks.now())
    alive = text(administrator.get("/admin/core/jobrun/"))
    clock.shift(timedelta(minutes=10))
    silent = text(administrator.get("/admin/core/jobrun/"))

    assert "The clock has not been seen" in never
    assert "The clock has" not in alive
    assert "The clock has been silent for 10\xa0minutes".replace("\xa0", " ") in silent.replace("\xa0", " ")


def test_a_text_is_published_as_a_new_version(shop: Shop) -> None:
    client = at_desk("marketing")
    first = Wording.objects.filter(kind="terms").count()

    client.post("/admin/members/wording/add/", {"kind": "terms", "text_en": "Be kind.", "text_zh_hans": "与人为善。"})
    refused = client.post("/admin/members/wording/add/", {"kind": "terms", "text_en": "Only English."})

    newest = Wording.objects.filter(kind="terms").latest("version")
    assert (newest.version, newest.text_en, newest.text_zh_hans) == (first + 1, "Be kind.", "与人为善。")  # type: ignore[attr-defined]
    assert refused.status_code == 200
    assert AuditEntry.objects.get().action == "wording.publish"
    assert client.post(f"/admin/members/wording/{newest.pk}/change/", {"text_en": "Be rude."}).status_code == 403


def test_a_sign_in_code_is_not_shown(shop: Shop) -> None:
    member = factories.member()
    message = Message.objects.create(
        reference="code:1",
        member=member,
        kind="code",
        channel="sms",
        address=str(member.phone),
        language="en",
        subject="Your code 482913",
        body="482913 is your code",
        is_secret=True,
    )

    page = text(at_desk("support").get(f"/admin/messaging/message/{message.pk}/change/"))

    assert "482913" not in page
    assert "Not shown: it holds a sign-in code." in page


def test_messages_are_found_by_member(shop: Shop) -> None:
    ada, grace = factories.member(email="ada@example.com"), factories.member(email="grace@example.com")
    for member in (ada, grace):
        named = {"reference": f"tier:{member.pk}", "kind": "tier", "channel": "email", "language": "en"}
        Message.objects.create(member=member, address=str(member.email), **named)
    client = at_desk("support")

    found = [text(client.get(f"/admin/messaging/message/?q={term}")) for term in (ada.number, "ada@example.com")]

    assert [("ada@" in page, "grace@" in page) for page in found] == [(True, False)] * 2


def test_the_history_of_a_thing_is_its_audit_trail(shop: Shop, administrator: Client) -> None:
    place = f"/admin/sales/store/{shop.store.pk}"
    administrator.post(f"{place}/change/", {"name": "Strand", "time_zone": "", "is_active": "on"})

    history = administrator.get(f"{place}/history/", follow=True)

    assert "administrator store: changed store.changed" in text(history)
    assert "name Covent Garden → Strand" in text(history)
