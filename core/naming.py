"""What codes are called on staff pages: deeds of the audit trail, events, and by whom something came about.

A code is a noun and what was done to it: "member.suspended". A new one without words is shown as it is, and
tests/core/test_naming.py asks for its words.
"""

from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, str | Promise]

NOUNS: Words = {
    "account": _("account"),
    "adjustment": _("adjustment"),
    "auditentry": _("audit entry"),
    "broadcast": _("broadcast"),
    "card": _("member number"),
    "award": _("award"),
    "category": _("category"),
    "challenge": _("challenge"),
    "codepool": _("code pool"),
    "completion": _("completion"),
    "consent": _("consent"),
    "earningrule": _("earning rule"),
    "event": _("event"),
    "greeting": _("greeting"),
    "greetings": _("greetings"),
    "group": _("role"),
    "job": _("job"),
    "jobrun": _("job run"),
    "lot": _("lot"),
    "member": _("member"),
    "message": _("message"),
    "month": _("month for the accountant"),
    "occasion": _("occasion"),
    "offer": _("offer"),
    "points": _("points"),
    "pointtype": _("point type"),
    "posting": _("posting"),
    "product": _("product"),
    "programme": _("programme"),
    "purchase": _("purchase"),
    "referral": _("referral"),
    "referralscheme": _("referral scheme"),
    "release": _("release"),
    "return": _("goods brought back"),
    "reward": _("reward"),
    "scheme": _("tier scheme"),
    "segment": _("segment"),
    "sendinghours": _("sending hours"),
    "store": _("store"),
    "suppression": _("suppressed address"),
    "terminal": _("terminal"),
    "tier": _("tier"),
    "tierchange": _("tier change"),
    "tier_change": _("tier change"),
    "user": _("user"),
    "voucher": _("voucher"),
    "wording": _("wording"),
}

# What stands behind a noun, in words: an app to the right that knows more than its number says so when it starts.
READERS: dict[str, Callable[[str], str]] = {}

# What was done: by a word that fits after each noun.
DEEDS: Words = {
    "added": pgettext_lazy("deed", "added"),
    "adjusted": pgettext_lazy("deed", "adjusted"),
    "assigned": pgettext_lazy("deed", "given to a member"),
    "cancelled": pgettext_lazy("deed", "cancelled"),
    "card_replaced": pgettext_lazy("deed", "card replaced"),
    "changed": pgettext_lazy("deed", "changed"),
    "closed": pgettext_lazy("deed", "closed"),
    "codes_added": pgettext_lazy("deed", "codes added"),
    "completed": pgettext_lazy("deed", "completed"),
    "consent_noted": pgettext_lazy("deed", "consent noted"),
    "deleted": pgettext_lazy("deed", "deleted"),
    "copied": pgettext_lazy("deed", "copied"),
    "ended": pgettext_lazy("deed", "ended"),
    "downloaded": pgettext_lazy("deed", "downloaded"),
    "enrolled": pgettext_lazy("deed", "enrolled"),
    "factor_removed": pgettext_lazy("deed", "second factor removed"),
    "found": pgettext_lazy("deed", "founded"),
    "given": pgettext_lazy("deed", "given"),
    "issued": pgettext_lazy("deed", "issued"),
    "joined": pgettext_lazy("deed", "joined"),
    "key_issued": pgettext_lazy("deed", "key issued"),
    "key_rotated": pgettext_lazy("deed", "key replaced"),
    "lifted": pgettext_lazy("deed", "taken off the list"),
    "list_changed": pgettext_lazy("deed", "list changed"),
    "lowered": pgettext_lazy("deed", "lowered"),
    "on": pgettext_lazy("deed", "switched on"),
    "opened": pgettext_lazy("deed", "opened"),
    "page_opened": pgettext_lazy("deed", "opened for the till page"),
    "paused": pgettext_lazy("deed", "paused"),
    "pin_removed": pgettext_lazy("deed", "PIN removed"),
    "pin_set": pgettext_lazy("deed", "PIN set"),
    "publish": pgettext_lazy("deed", "published"),
    "published": pgettext_lazy("deed", "published"),
    "raised": pgettext_lazy("deed", "raised"),
    "reactivated": pgettext_lazy("deed", "reactivated"),
    "recorded": pgettext_lazy("deed", "recorded"),
    "refused": pgettext_lazy("deed", "refused"),
    "released": pgettext_lazy("deed", "let go"),
    "requested": pgettext_lazy("deed", "asked for"),
    "revoked": pgettext_lazy("deed", "revoked"),
    "rewarded": pgettext_lazy("deed", "rewarded"),
    "settled": pgettext_lazy("deed", "settled"),
    "stock_changed": pgettext_lazy("deed", "stock changed"),
    "suspended": pgettext_lazy("deed", "suspended"),
    "switched_off": pgettext_lazy("deed", "switched off"),
    "switched_on": pgettext_lazy("deed", "switched on"),
    "update": pgettext_lazy("deed", "changed"),
    "updated": pgettext_lazy("deed", "changed"),
    "used": pgettext_lazy("deed", "used"),
    "unused": pgettext_lazy("deed", "use taken back"),
    "withdrawn": pgettext_lazy("deed", "withdrawn"),
}

# By whom or where something came about: "till:LON-1/T1", "file:LON-1", "portal".
SOURCES: Words = {
    "complaint": pgettext_lazy("source", "complaint to the mail provider"),
    "file": pgettext_lazy("source", "file"),
    "greetings": pgettext_lazy("source", "greetings"),
    "portal": pgettext_lazy("source", "members' pages"),
    "referrals": pgettext_lazy("source", "referrals"),
    "staff": pgettext_lazy("source", "staff"),
    "till": pgettext_lazy("source", "till"),
    "night": pgettext_lazy("source", "the night's jobs"),
}


def deed(code: str) -> str:
    """What was done: "member: suspended"."""
    noun, _dot, done = code.partition(".")
    if noun not in NOUNS or done not in DEEDS:
        return code
    return gettext("%(noun)s: %(deed)s") % {"noun": NOUNS[noun], "deed": DEEDS[done]}


def thing(reference: str) -> str:
    """What it was done to: "member 12" for "member:12"."""
    noun, colon, key = reference.partition(":")
    if not colon or noun not in NOUNS:
        return reference
    said = READERS[noun](key) if noun in READERS else key
    if said == key:
        return f"{NOUNS[noun]} {key}"
    return gettext("%(noun)s: %(deed)s") % {"noun": NOUNS[noun], "deed": said}


def source(text: str, people: Mapping[str, str] | None = None) -> str:
    """By whom or where: "till LON-1/T1", or the name of somebody of the staff, by their key in PEOPLE."""
    kind, _colon, key = text.partition(":")
    if kind == "staff" and people and key in people:
        return people[key]
    return f"{SOURCES[kind]} {key}".strip() if kind in SOURCES else text
