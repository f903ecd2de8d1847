"""What staff do with a greeting: switch it on, pause it, copy it. How it reads, they write themselves."""

from django.db import transaction
from django.utils.translation import gettext as _

from access import audit
from access.models import User
from campaigns import placeholders
from campaigns.models import Greeting

LONGEST_NAME = 80


def switch(greeting: Greeting, *, on: bool, actor: User | None) -> None:
    """Switch a greeting on, or pause it: then nothing of it is sent, also of what is planned. Audited."""
    with transaction.atomic():
        if Greeting.objects.filter(pk=greeting.pk, is_active=not on).update(is_active=on):
            noun = "broadcast" if greeting.kind == Greeting.Kind.BROADCAST else "greeting"
            deed = f"{noun}.switched_on" if on else f"{noun}.paused"
            audit.record(deed, subject=f"{noun}:{greeting.pk}", actor=actor)


def copy(greeting: Greeting, *, actor: User | None) -> Greeting:
    """A copy of a greeting, paused. Audited."""
    with transaction.atomic():
        new = Greeting.objects.get(pk=greeting.pk)
        new.pk, new.is_active, new.planned_at, new.pass_at, new.journey = None, False, None, None, ""
        new.name = (_("Copy of %(name)s") % {"name": greeting.name})[:LONGEST_NAME]
        new._state.adding = True
        new.save(force_insert=True)
        new.tiers.set(greeting.tiers.all())
        new.stores.set(greeting.stores.all())
        audit.record("greeting.copied", subject=f"greeting:{new.pk}", actor=actor, changes={"of": greeting.pk})
    return new


def check_text(text: str, *, kind: str, has_bonus: bool, has_reward: bool) -> None:
    """Raise UnknownPlaceholder when TEXT could not be filled for such a greeting."""
    placeholders.check(text, placeholders.allowed(kind=kind, has_bonus=has_bonus, has_reward=has_reward))


def texts_needed(channel: str) -> tuple[str, ...]:
    """Which texts a channel takes: those of e-mail and inbox, that of SMS, or both."""
    letter, sms = ("subject", "body"), ("sms",)
    return {"sms": sms, "best": letter + sms}.get(channel, letter)
