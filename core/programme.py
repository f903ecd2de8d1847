"""The one programme, kept by each process until its revision changes."""

from django.utils.translation import gettext_lazy as _

from core.errors import LoyaltyError
from core.models import Programme


class NotSetUp(LoyaltyError):
    """The programme has not been set up yet."""

    code = "not_set_up"
    status = 503
    lasting = False
    sentence = _("This programme has not been set up yet.")


def current_or_none() -> Programme | None:
    """The programme as it stands in the database now, or None before set-up. One query."""
    return Programme.objects.first()


def current() -> Programme:
    """The programme as it stands in the database now. One query. Raises NotSetUp."""
    if programme := current_or_none():
        return programme
    raise NotSetUp


class _Known:
    """The programme as this process last read it."""

    programme: Programme | None = None


def known(revision: int) -> Programme:
    """The programme at REVISION, kept by this process: a query only when the revision changed. Raises NotSetUp."""
    kept = _Known.programme
    if kept is None or kept.revision != revision:
        kept = _Known.programme = current()
    return kept


def forget() -> None:
    """Forget the programme that this process keeps: for one whose database was exchanged under it."""
    _Known.programme = None
