"""What each role may see and do. Written out by hand: a change of roles or pages must be meant."""

from decimal import Decimal

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from access.models import AuditEntry, User
from campaigns import planning
from campaigns.models import (
    Award,
    Broadcast,
    Challenge,
    Completion,
    Greeting,
    Occasion,
    Offer,
    Referral,
    Segment,
)
from core import jobs
from core.clock import now
from core.models import Event
from members.models import Wording
from messaging import suppression
from messaging.models import Message, Suppression
from points.models import Account, EarningRule, Lot, PointType, Posting
from rewards import supply
from rewards.models import CodePool, Reward, Voucher
from sales.models import Category, Product, Purchase, Return, Store, Terminal
from tests import factories
from tests.admin.desk import NOON, Story, at_desk, signed_in
from tests.campaigns import friends, wishes
from tests.campaigns.collecting import challenge, complete
from tests.campaigns.offering import offer
from tests.pos.selling import receipt, sell
from tests.rewards.claims import redeem
from tiers.models import Scheme, Tier, TierChange

CASHIER, SUPPORT, MARKETING, FINANCE, ADMINISTRATOR = "cashier", "support", "marketing", "finance", "administrator"
ALL = {CASHIER, SUPPORT, MARKETING, FINANCE, ADMINISTRATOR}

# page: (who may see the list and one of it, who may add, who may change)
PAGES: dict[str, tuple[set[str], set[str], set[str]]] = {
    "members.member": (ALL - {FINANCE}, {CASHIER, SUPPORT, ADMINISTRATOR}, set()),
    "members.wording": ({SUPPORT, MARKETING, ADMINISTRATOR}, {MARKETING, ADMINISTRATOR}, set()),
    "messaging.message": ({SUPPORT, MARKETING, ADMINISTRATOR}, set(), set()),
    "messaging.sendinghours": ({MARKETING, ADMINISTRATOR}, set(), {ADMINISTRATOR}),
    "messaging.suppression": ({SUPPORT, MARKETING, ADMINISTRATOR}, set(), set()),
    "campaigns.greeting": (
        {SUPPORT, MARKETING, ADMINISTRATOR},
        {MARKETING, ADMINISTRATOR},
        {MARKETING, ADMINISTRATOR},
    ),
    "campaigns.occasion": ({SUPPORT, MARKETING, ADMINISTRATOR}, set(), set()),
    "campaigns.offer": (ALL, {MARKETING, ADMINISTRATOR}, {MARKETING, ADMINISTRATOR}),
    "campaigns.award": (ALL - {CASHIER}, set(), set()),
    "campaigns.referral": ({SUPPORT, MARKETING, ADMINISTRATOR}, set(), set()),
    "campaigns.referralscheme": ({MARKETING, ADMINISTRATOR}, set(), {MARKETING, ADMINISTRATOR}),
    "campaigns.broadcast": (
        {SUPPORT, MARKETING, ADMINISTRATOR},
        {MARKETING, ADMINISTRATOR},
        {MARKETING, ADMINISTRATOR},
    ),
    "campaigns.segment": (
        {SUPPORT, MARKETING, ADMINISTRATOR},
        {MARKETING, ADMINISTRATOR},
        {MARKETING, ADMINISTRATOR},
    ),
    "campaigns.challenge": (ALL, {MARKETING, ADMINISTRATOR}, {MARKETING, ADMINISTRATOR}),
    "campaigns.completion": (ALL - {CASHIER}, set(), set()),
    "points.account": ({CASHIER, SUPPORT, FINANCE, ADMINISTRATOR}, set(), set()),
    "points.posting": ({CASHIER, SUPPORT, FINANCE, ADMINISTRATOR}, set(), set()),
    "points.lot": ({SUPPORT, FINANCE, ADMINISTRATOR}, set(), set()),
    "points.earningrule": ({MARKETING, FINANCE, ADMINISTRATOR}, {MARKETING, ADMINISTRATOR}, set()),
    "points.pointtype": ({MARKETING, FINANCE, ADMINISTRATOR}, {ADMINISTRATOR}, {ADMINISTRATOR}),
    "tiers.tier": (ALL, {MARKETING, ADMINISTRATOR}, {MARKETING, ADMINISTRATOR}),
    "tiers.tierchange": ({SUPPORT, MARKETING, ADMINISTRATOR}, set(), set()),
    "tiers.scheme": ({MARKETING, ADMINISTRATOR}, set(), {ADMINISTRATOR}),
    "rewards.reward": (ALL, {MARKETING, ADMINISTRATOR}, {MARKETING, ADMINISTRATOR}),
    "rewards.voucher": (ALL, set(), set()),
    "rewards.codepool": ({MARKETING, FINANCE, ADMINISTRATOR}, set(), set()),
    "sales.purchase": (ALL, set(), set()),
    "sales.return": ({CASHIER, SUPPORT, FINANCE, ADMINISTRATOR}, set(), set()),
    "sales.product": (ALL, {MARKETING, ADMINISTRATOR}, {MARKETING, ADMINISTRATOR}),
    "sales.category": ({MARKETING, FINANCE, ADMINISTRATOR}, {MARKETING, ADMINISTRATOR}, {MARKETING, ADMINISTRATOR}),
    "sales.store": (ALL, {ADMINISTRATOR}, {ADMINISTRATOR}),
    "sales.terminal": ({SUPPORT, FINANCE, ADMINISTRATOR}, {ADMINISTRATOR}, {ADMINISTRATOR}),
    "core.programme": ({FINANCE, ADMINISTRATOR}, set(), {ADMINISTRATOR}),
    "core.jobrun": ({FINANCE, ADMINISTRATOR}, set(), set()),
    "core.event": ({SUPPORT, ADMINISTRATOR}, set(), set()),
    "access.auditentry": ({FINANCE, ADMINISTRATOR}, set(), set()),
    "access.user": ({ADMINISTRATOR}, {ADMINISTRATOR}, {ADMINISTRATOR}),
    "auth.group": ({ADMINISTRATOR}, set(), set()),
}

# what is done on a page of its own: who may
ACTS = {
    "members_member_adjust": {SUPPORT, ADMINISTRATOR},
    "members_member_give_tier": {SUPPORT, ADMINISTRATOR},
    "members_member_edit": {SUPPORT, ADMINISTRATOR},
    "members_member_note_consent": {SUPPORT, ADMINISTRATOR},
    "members_member_replace_card": {SUPPORT, ADMINISTRATOR},
    "members_member_suspend": {SUPPORT, ADMINISTRATOR},
    "members_member_reactivate": {SUPPORT, ADMINISTRATOR},
    "messaging_suppression_add_address": {SUPPORT, MARKETING, ADMINISTRATOR},
    "messaging_suppression_lift": {SUPPORT, MARKETING, ADMINISTRATOR},
    "messaging_message_settle": {SUPPORT, MARKETING, ADMINISTRATOR},
    "campaigns_greeting_switch_on": {MARKETING, ADMINISTRATOR},
    "campaigns_greeting_pause": {MARKETING, ADMINISTRATOR},
    "campaigns_greeting_copy": {MARKETING, ADMINISTRATOR},
    "campaigns_greeting_preview": {MARKETING, ADMINISTRATOR},
    "campaigns_greeting_release": {MARKETING, ADMINISTRATOR},
    "campaigns_greeting_journeys": {MARKETING, ADMINISTRATOR},
    "campaigns_broadcast_switch_on": {MARKETING, ADMINISTRATOR},
    "campaigns_broadcast_pause": {MARKETING, ADMINISTRATOR},
    "campaigns_broadcast_preview": {MARKETING, ADMINISTRATOR},
    "campaigns_offer_switch_on": {MARKETING, ADMINISTRATOR},
    "campaigns_offer_pause": {MARKETING, ADMINISTRATOR},
    "campaigns_offer_try_it": {MARKETING, ADMINISTRATOR},
    "campaigns_offer_copy": {MARKETING, ADMINISTRATOR},
    "campaigns_offer_end": {MARKETING, ADMINISTRATOR},
    "campaigns_referral_refuse": {SUPPORT, MARKETING, ADMINISTRATOR},
    "campaigns_segment_refresh": {MARKETING, ADMINISTRATOR},
    "campaigns_segment_load": {MARKETING, ADMINISTRATOR},
    "campaigns_segment_switch_on": {MARKETING, ADMINISTRATOR},
    "campaigns_segment_switch_off": {MARKETING, ADMINISTRATOR},
    "campaigns_challenge_switch_on": {MARKETING, ADMINISTRATOR},
    "campaigns_challenge_pause": {MARKETING, ADMINISTRATOR},
    "campaigns_challenge_copy": {MARKETING, ADMINISTRATOR},
    "campaigns_challenge_end": {MARKETING, ADMINISTRATOR},
    "rewards_reward_stock": {MARKETING, ADMINISTRATOR},
    "rewards_reward_add_codes": {MARKETING, ADMINISTRATOR},
    "rewards_voucher_cancel": {SUPPORT, ADMINISTRATOR},
    "sales_purchase_give": {CASHIER, SUPPORT, ADMINISTRATOR},
    "sales_terminal_rotate": {ADMINISTRATOR},
    "sales_terminal_revoke": {ADMINISTRATOR},
    "points_earningrule_new_version": {MARKETING, ADMINISTRATOR},
    "access_user_remove_factor": {ADMINISTRATOR},
}
# done above a list, for no row of it
OF_A_LIST = {"campaigns_greeting_release", "campaigns_greeting_journeys", "messaging_suppression_add_address"}


@pytest.fixture
def things(story: Story) -> dict[str, object]:
    """The key of one row of every page."""
    return one_of_each(story)


def one_of_each(story: Story) -> dict[str, object]:
    """The key of one row of every page, after all that it takes to have one."""
    member = story.member
    factories.category()
    factories.product()
    factories.terminal(code="T9")
    jobs.request("points.expire", by="sam", at=now())
    gold, member_tier = story.shop.tiers[2], story.shop.tiers[0]
    TierChange.objects.create(
        member=member, from_tier=member_tier, to_tier=gold, on=NOON.date(), at=NOON, cause="purchase"
    )
    Message.objects.create(
        reference="m:1", member=member, kind="tier", channel="email", address="a@b.example", language="en", body="Hi"
    )
    AuditEntry.objects.create(action="member.suspended", subject=f"member:{member.pk}")
    suppression.suppress("email", "gone@example.com", Suppression.Reason.BOUNCED, at=NOON)
    wishes.greeting()
    rich = wishes.segment({"join": "all", "parts": [{"about": "points", "how": "at_least", "number": 1}]}, at=NOON)
    Broadcast.objects.create(
        name="News", kind="broadcast", segment=rich, on=NOON.date(), subject="News", body="News", hold_out=10
    )
    member.birth_month, member.birth_day = NOON.month, NOON.day
    member.save()
    planning.plan(at=NOON)
    friends.scheme()
    friends.joins(member, at=NOON)
    factories.reward(price=10)
    redeem(member, at=now())
    cinema = factories.reward("cinema", supply=Reward.Supply.CODES)
    supply.add_codes(cinema, "Odeon", ["A", "B"], at=NOON, actor=None)
    (unclaimed,) = sell(receipt(story.shop, "R-2", "9.00", at=NOON))
    offer()
    challenge(goal=Decimal(1))
    sell(receipt(story.shop, "R-3", "9.00", member=member, at=NOON))
    complete(NOON)
    models = (
        Wording, Message, Account, Posting, Lot, EarningRule, PointType, Tier, TierChange, Scheme, Return,
        Product, Category, Store, Terminal, Event, AuditEntry, Reward, Voucher, CodePool,
        Occasion, Offer, Award, Challenge, Completion, Suppression, Referral, Segment, Broadcast,
    )  # fmt: skip
    found: dict[str, object] = {model._meta.label_lower: model.objects.latest("pk").pk for model in models}
    return {
        **found,
        "members.member": member.pk,
        "campaigns.greeting": Greeting.objects.exclude(kind="broadcast").latest("pk").pk,
        "sales.purchase": unclaimed.purchase_id,
        "campaigns.referralscheme": 1,
        "core.programme": 1,
        "core.jobrun": jobs.requested()[0].pk,
        "messaging.sendinghours": "email",
        "access.user": factories.staff("somebody").pk,
        "auth.group": 1,
    }


def test_the_table_names_every_page_there_is() -> None:
    assert set(PAGES) == {model._meta.label_lower for model in admin.site._registry}


def test_the_table_names_every_act_there_is() -> None:
    acts = {
        action.action_name
        for page in admin.site._registry.values()
        for action in (*page._get_base_actions_detail(), *page._get_base_actions_list())  # type: ignore[attr-defined]
    }
    assert set(ACTS) == acts


def url(page: str, name: str, *keys: object) -> str:
    """The address of a page of the staff site, such as url("sales.store", "add")."""
    return reverse(f"admin:{page.replace('.', '_')}_{name}", args=keys)


def is_open(client: Client, address: str) -> bool:
    """Whether a page opens. A page that is refused says 403, nothing else."""
    status = client.get(address, follow=True).status_code
    assert status in {200, 403}
    return status == 200


@pytest.mark.parametrize("role", sorted(ALL))
def test_each_role_sees_its_pages_and_no_others(things: dict[str, object], role: str) -> None:
    client = at_desk(role)
    seen, opened, added = set(), set(), set()

    for page in PAGES:
        if is_open(client, url(page, "changelist")):
            seen.add(page)
        if is_open(client, url(page, "change", things[page])):
            opened.add(page)
        if is_open(client, url(page, "add")):
            added.add(page)

    assert seen == {page for page, (who, _add, _change) in PAGES.items() if role in who}
    assert opened == seen
    assert added == {page for page, (_who, who, _change) in PAGES.items() if role in who}


@pytest.mark.parametrize("role", sorted(ALL))
def test_each_role_changes_its_rows_and_no_others(things: dict[str, object], role: str) -> None:
    client = at_desk(role)

    changed = {page for page in PAGES if client.post(url(page, "change", things[page])).status_code != 403}

    assert changed == {page for page, (_who, _add, who) in PAGES.items() if role in who}


@pytest.mark.parametrize("role", sorted(ALL))
def test_nobody_deletes_anything(things: dict[str, object], role: str) -> None:
    client = at_desk(role)

    answers = {page: client.post(url(page, "delete", things[page]), {"post": "yes"}) for page in PAGES}

    assert {page for page, answer in answers.items() if answer.status_code != 403} == set()


@pytest.mark.parametrize("role", sorted(ALL))
def test_each_role_does_its_acts_and_no_others(things: dict[str, object], role: str) -> None:
    client = at_desk(role)
    done = set()

    for act in ACTS:
        app, model, _name = act.split("_", 2)
        keys = [] if act in OF_A_LIST else [things[f"{app}.{model}"]]
        if is_open(client, reverse(f"admin:{act}", args=keys)):
            done.add(act)

    assert done == {act for act, who in ACTS.items() if role in who}


@pytest.mark.parametrize("role", sorted(ALL))
def test_only_administrators_start_jobs(things: dict[str, object], role: str) -> None:
    answer = at_desk(role).post("/admin/core/jobrun/run/tiers.review/")

    assert answer.status_code == (302 if role == ADMINISTRATOR else 403)
    assert [run.job for run in jobs.requested()] == ["points.expire", "tiers.review"][
        : 2 if role == ADMINISTRATOR else 1
    ]


@pytest.mark.parametrize("role", sorted(ALL))
def test_finance_and_administrators_close_the_month(things: dict[str, object], role: str) -> None:
    client = at_desk(role)
    may = role in {FINANCE, ADMINISTRATOR}

    assert is_open(client, "/admin/month/") == may
    assert client.post("/admin/month/", {"month": "2026-06"}).status_code == (200 if may else 403)
    assert ('href="/admin/month/" class' in client.get("/admin/").content.decode()) == may


@pytest.mark.parametrize("role", sorted(ALL))
def test_the_menu_offers_what_the_role_may_see(things: dict[str, object], role: str) -> None:
    page = at_desk(role).get("/admin/").content.decode()

    offered = {name for name in PAGES if f'href="{url(name, "changelist")}" class' in page}

    assert offered == {name for name, (who, _add, _change) in PAGES.items() if role in who}


def test_finance_sees_numbers_of_members_and_no_names(story: Story) -> None:
    client = at_desk(FINANCE)
    pages = ["/admin/points/account/", "/admin/points/posting/", "/admin/points/lot/", "/admin/sales/purchase/"]
    one = [
        f"/admin/points/account/{Account.objects.get().pk}/change/",
        f"/admin/points/posting/{Posting.objects.latest('pk').pk}/change/",
        f"/admin/sales/purchase/{Purchase.objects.get().pk}/change/",
    ]

    shown = [client.get(page).content.decode() for page in (*pages, *one)]

    assert [story.member.number in page for page in shown] == [True] * 7
    assert [story.member.name in page for page in shown] == [False] * 7


def test_staff_without_a_role_see_an_empty_desk(things: dict[str, object]) -> None:
    user = factories.staff("newcomer")
    client = signed_in(user)

    assert client.get("/admin/").status_code == 200
    assert {page for page in PAGES if is_open(client, url(page, "changelist"))} == set()
    assert User.objects.get(pk=user.pk).get_all_permissions() == set()
