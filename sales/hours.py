"""What receipts and amounts are recorded by: time zone, end of the business day, currency. It stays once there are any.

A receipt is known by its business date: by other hours, one posted again would be another one, and count twice.
"""

from django.utils.translation import gettext_lazy as _

from core.errors import LoyaltyError
from sales.models import Purchase, Store

OF_PROGRAMME = frozenset({"time_zone", "day_ends_at", "currency"})
OF_STORE = frozenset({"time_zone"})


class BusinessDayFixed(LoyaltyError):
    """A time zone, end of the business day or currency that was to change after the first purchase."""

    code = "business_day_fixed"
    sentence = _("This can't be changed after the first purchase: receipts and amounts are recorded by it.")


def require_no_purchases(at_store: Store | None = None) -> None:
    """Raise BusinessDayFixed once anything was bought, AT_STORE or anywhere. The database refuses the change, too."""
    bought = Purchase.objects.all() if at_store is None else Purchase.objects.filter(store=at_store)
    if bought.exists():
        raise BusinessDayFixed
