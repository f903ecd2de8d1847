"""The menu of the staff site, grouped by work. An entry shows for those who may use at least one of its permissions."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Item(NamedTuple):
    title: Promise
    icon: str
    name: str
    permissions: tuple[str, ...]


class Group(NamedTuple):
    title: Promise
    items: tuple[Item, ...]


def _list(title: Promise, icon: str, app: str, model: str) -> Item:
    return Item(title, icon, f"{app}_{model}_changelist", (f"{app}.view_{model}", f"{app}.change_{model}"))


GROUPS = (
    Group(
        _("Members"),
        (
            _list(_("Members"), "group", "members", "member"),
            _list(_("Messages"), "mail", "messaging", "message"),
        ),
    ),
    Group(
        _("Points"),
        (
            _list(_("Accounts"), "account_balance_wallet", "points", "account"),
            _list(_("Postings"), "receipt_long", "points", "posting"),
            _list(_("Lots"), "stacks", "points", "lot"),
            _list(_("Earning rules"), "functions", "points", "earningrule"),
            _list(_("Point types"), "toll", "points", "pointtype"),
            Item(_("Month for the accountant"), "calendar_month", "month", ("insights.export_month",)),
        ),
    ),
    Group(
        _("Tiers"),
        (
            _list(_("Tiers"), "military_tech", "tiers", "tier"),
            _list(_("Tier changes"), "swap_vert", "tiers", "tierchange"),
            _list(_("Tier scheme"), "rule", "tiers", "scheme"),
        ),
    ),
    Group(
        _("Rewards"),
        (
            _list(_("Rewards"), "redeem", "rewards", "reward"),
            _list(_("Vouchers"), "confirmation_number", "rewards", "voucher"),
            _list(_("Code pools"), "pin", "rewards", "codepool"),
        ),
    ),
    Group(
        _("Offers"),
        (
            _list(_("Offers"), "sell", "campaigns", "offer"),
            _list(_("Awards"), "trophy", "campaigns", "award"),
            _list(_("Challenges"), "approval", "campaigns", "challenge"),
            _list(_("Completions"), "task_alt", "campaigns", "completion"),
        ),
    ),
    Group(
        _("Greetings"),
        (
            _list(_("Greetings"), "celebration", "campaigns", "greeting"),
            _list(_("Broadcasts"), "campaign", "campaigns", "broadcast"),
            _list(_("Segments"), "filter_alt", "campaigns", "segment"),
            _list(_("Occasions"), "event_available", "campaigns", "occasion"),
            _list(_("Sending hours"), "bedtime", "messaging", "sendinghours"),
            _list(_("Suppression list"), "unsubscribe", "messaging", "suppression"),
        ),
    ),
    Group(
        _("Referrals"),
        (
            _list(_("Referrals"), "group_add", "campaigns", "referral"),
            _list(_("Referral scheme"), "handshake", "campaigns", "referralscheme"),
        ),
    ),
    Group(
        _("Sales"),
        (
            _list(_("Purchases"), "shopping_bag", "sales", "purchase"),
            _list(_("Returns"), "assignment_return", "sales", "return"),
            _list(_("Products"), "inventory_2", "sales", "product"),
            _list(_("Categories"), "category", "sales", "category"),
            _list(_("Stores"), "storefront", "sales", "store"),
            _list(_("Terminals"), "point_of_sale", "sales", "terminal"),
        ),
    ),
    Group(
        _("Programme"),
        (
            _list(_("Settings"), "settings", "core", "programme"),
            _list(_("Wordings"), "gavel", "members", "wording"),
        ),
    ),
    Group(
        _("Operations"),
        (
            _list(_("Jobs"), "schedule", "core", "jobrun"),
            _list(_("Events"), "bolt", "core", "event"),
            _list(_("Audit trail"), "policy", "access", "auditentry"),
        ),
    ),
    Group(
        _("Staff"),
        (
            _list(_("Users"), "badge", "access", "user"),
            _list(_("Roles"), "shield_person", "auth", "group"),
        ),
    ),
)
