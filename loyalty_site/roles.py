"""What each role of the staff may do, in one table. Migrations make groups of it.

A role lists models and what may be done with them: view, add, change (the staff site asks Django for these), or the
name of a permission that a model has beside them, such as adjust_points. Nobody may delete: members are closed, users
and terminals switched off, rules ended by a new version, and the ledger is corrected by a new posting.

After a change here, add a migration that calls `apply` again; a test compares the groups with this table.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.contrib.auth.management import create_permissions

# At the till: sell, take goods back, find and enrol members, see what they bought and have, give them a receipt they
# forgot.
CASHIER = {
    "members.member": "view add",
    "members.card": "view",
    "sales.store": "view",
    "sales.product": "view",
    "sales.purchase": "view",
    "sales.purchaseline": "view",
    "sales.return": "view",
    "sales.returnline": "view",
    "pos.settlement": "view assign_purchase use_till take_back",
    "pos.returnsettlement": "view",
    "points.account": "view",
    "points.posting": "view",
    "tiers.tier": "view",
    "tiers.standing": "view",
    "campaigns.offer": "view",
    "campaigns.offerversion": "view",
    "campaigns.challenge": "view",
    "rewards.reward": "view",
    "rewards.voucher": "view",
}

# At the desk: all of a member's story, and putting right what went wrong.
SUPPORT = {
    **CASHIER,
    "members.member": "view add change suspend_member replace_card",
    "members.consent": "view add",
    "members.acceptance": "view",
    "members.wording": "view",
    "messaging.message": "view settle_message",
    "messaging.suppression": "view manage_suppression",
    "campaigns.greeting": "view",
    "campaigns.occasion": "view",
    "campaigns.offer": "view",
    "campaigns.offerversion": "view",
    "campaigns.award": "view",
    "campaigns.segment": "view",
    "campaigns.referral": "view refuse_referral",
    "campaigns.challenge": "view",
    "campaigns.completion": "view",
    "campaigns.broadcast": "view",
    "sales.terminal": "view",
    "pos.settlement": "view assign_purchase use_till take_back set_price",
    "points.account": "view adjust_points",
    "points.lot": "view",
    "points.movement": "view",
    "points.postingnote": "view",
    "tiers.standing": "view give_tier",
    "tiers.qualifyingday": "view",
    "tiers.tierchange": "view",
    "rewards.voucher": "view cancel_voucher",
    "core.event": "view",
}

# What members earn, have for it and read: rules, tiers, rewards, products, wordings, greetings, offers, referrals.
MARKETING = {
    "members.member": "view",
    "members.consent": "view",
    "members.wording": "view add",
    "messaging.message": "view settle_message",
    "messaging.suppression": "view manage_suppression",
    "messaging.sendinghours": "view",
    "campaigns.greeting": "view add change release_greetings",
    "campaigns.referralscheme": "view change",
    "campaigns.occasion": "view",
    "campaigns.offer": "view add change",
    "campaigns.offerversion": "view",
    "campaigns.award": "view",
    "campaigns.segment": "view add change",
    "campaigns.referral": "view refuse_referral",
    "campaigns.challenge": "view add change",
    "campaigns.completion": "view",
    "campaigns.broadcast": "view add change",
    "sales.store": "view",
    "sales.category": "view add change",
    "sales.product": "view add change",
    "sales.purchase": "view",
    "sales.purchaseline": "view",
    "points.pointtype": "view",
    "points.earningrule": "view add change",
    "points.earningruleversion": "view add",
    "tiers.scheme": "view",
    "tiers.tier": "view add change",
    "tiers.standing": "view",
    "tiers.tierchange": "view",
    "insights.pointsday": "view",
    "rewards.reward": "view add change supply_reward",
    "rewards.codepool": "view",
    "rewards.voucher": "view",
}

# What the points are worth and where they came from; no list of people.
FINANCE = {
    "sales.store": "view",
    "sales.terminal": "view",
    "sales.category": "view",
    "sales.product": "view",
    "sales.purchase": "view",
    "sales.purchaseline": "view",
    "sales.return": "view",
    "sales.returnline": "view",
    "pos.settlement": "view",
    "pos.returnsettlement": "view",
    "points.pointtype": "view",
    "points.earningrule": "view",
    "points.earningruleversion": "view",
    "points.account": "view",
    "points.lot": "view",
    "points.posting": "view",
    "points.movement": "view",
    "points.postingnote": "view",
    "tiers.tier": "view",
    "campaigns.offer": "view",
    "campaigns.offerversion": "view",
    "campaigns.award": "view",
    "campaigns.challenge": "view",
    "campaigns.completion": "view",
    "rewards.reward": "view",
    "rewards.codepool": "view",
    "rewards.voucher": "view",
    "core.programme": "view",
    "core.jobrun": "view",
    "access.auditentry": "view",
    "insights.pointsday": "view export_month",
}

# All of it, and what makes the others able to work: users, stores, terminals, settings, jobs.
ADMINISTRATOR = {
    **FINANCE,
    **MARKETING,
    **SUPPORT,
    "members.wording": "view add",
    "sales.store": "view add change",
    "sales.terminal": "view add change",
    "sales.category": "view add change",
    "sales.product": "view add change",
    "points.pointtype": "view add change",
    "points.earningrule": "view add change",
    "points.earningruleversion": "view add",
    "insights.pointsday": "view export_month",
    "tiers.scheme": "view add change",
    "tiers.tier": "view add change",
    "rewards.reward": "view add change supply_reward",
    "rewards.codepool": "view",
    "rewards.voucher": "view cancel_voucher",
    "messaging.sendinghours": "view change",
    "campaigns.greeting": "view add change release_greetings",
    "campaigns.offer": "view add change",
    "campaigns.segment": "view add change",
    "campaigns.challenge": "view add change",
    "campaigns.broadcast": "view add change",
    "core.programme": "view add change",
    "core.jobrun": "view run_job",
    "access.user": "view add change",
    "auth.group": "view",
}

ROLES: Mapping[str, Mapping[str, str]] = {
    "cashier": CASHIER,
    "support": SUPPORT,
    "marketing": MARKETING,
    "finance": FINANCE,
    "administrator": ADMINISTRATOR,
}


def permissions(role: str) -> Iterator[tuple[str, str]]:
    """What a role may do, as (app, name of the permission)."""
    for model, words in ROLES[role].items():
        app, name = model.split(".")
        for word in words.split():
            yield app, word if "_" in word else f"{word}_{name}"


def apply(apps: Any) -> None:
    """Make the groups of the table, or bring them to it: what it does not list is taken away again.

    For migrations, whose APPS know the models of their moment; what is added to the models later, a later call gives.
    """
    for config in _apps_of_the_table():
        # Django makes permissions after all migrations have run, which is too late for us.
        create_permissions(config, apps=apps, verbosity=0)
    known = {
        (permission.content_type.app_label, permission.codename): permission
        for permission in apps.get_model("auth", "Permission").objects.select_related("content_type")
    }
    for role in ROLES:
        group, _is_new = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.set([known[name] for name in permissions(role) if name in known])


def remove(apps: Any) -> None:
    """Delete the groups of the table. Users lose them."""
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


def _apps_of_the_table() -> list[AppConfig]:
    labels = {model.split(".")[0] for role in ROLES.values() for model in role}
    return [installed.get_app_config(label) for label in sorted(labels)]
