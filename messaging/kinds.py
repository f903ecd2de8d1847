"""What the programme writes to people, one entry for each kind. The texts are in templates/messaging/<code>.*"""

from datetime import timedelta
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(NamedTuple):
    """A kind of message: what it is called, how long it is of use, and how it is handled.

    A secret one goes before all others and is wiped once it has served. A repeatable one is sent again when nobody
    knows whether it left: rather twice than never. One that the clock thought of waits for the day to come. One without
    templates brings its text along.
    """

    code: str
    title: str | Promise
    useful_for: timedelta
    is_secret: bool = False
    is_repeatable: bool = True
    waits_for_day: bool = False
    has_templates: bool = True


KINDS = {
    kind.code: kind
    for kind in (
        Kind("sign_in_code", _("sign-in code"), timedelta(minutes=10), is_secret=True),
        Kind("spending_code", _("code to use points"), timedelta(minutes=10), is_secret=True),
        Kind("welcome", _("welcome"), timedelta(days=3)),
        Kind("passkey_added", _("a passkey was added"), timedelta(days=3)),
        Kind("passkey_removed", _("a passkey was removed"), timedelta(days=3)),
        Kind("factor_changed", _("a second factor of staff was changed"), timedelta(days=3)),
        Kind("tier_raised", _("a higher tier is reached"), timedelta(days=3)),
        Kind("tier_lowered", _("a tier has run out"), timedelta(days=3), waits_for_day=True),
        # Their texts are the shop's own.
        Kind("points_expiring", _("points will expire"), timedelta(days=1), waits_for_day=True, has_templates=False),
        Kind("tier_at_risk", _("tier at risk"), timedelta(days=1), waits_for_day=True, has_templates=False),
        # Rather never than twice.
        Kind("greeting", _("greeting"), timedelta(days=1), is_repeatable=False, has_templates=False),
        Kind("greeting_test", _("test of a greeting"), timedelta(days=1), is_repeatable=False, has_templates=False),
    )
}


def title(code: str) -> str:
    """What a kind is called, in the reader's language."""
    return str(KINDS[code].title) if code in KINDS else code
