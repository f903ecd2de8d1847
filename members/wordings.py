"""The texts that members accept (terms, privacy notice) or consent to, in versions that never change."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import User
from core.db import value
from core.errors import InvalidInput
from members.models import Acceptance, Member, Wording

ACCEPTED = (Wording.Kind.TERMS, Wording.Kind.PRIVACY)
# Any number that nobody else uses as an advisory lock.
_PUBLISHING = 70_001


class TextMissing(InvalidInput):
    """A wording without text in one of the site's languages."""

    code = "text_missing"
    sentence = _("Give the text in every language.")


def publish(kind: str, *, text_en: str, text_zh_hans: str, at: datetime, actor: User | None = None) -> Wording:
    """Publish a text of KIND in both languages as its next version, the one that counts from now on. Audited.

    The same texts as the latest version publish nothing. Raises TextMissing.
    """
    if not text_en.strip() or not text_zh_hans.strip():
        raise TextMissing(pointer="/text")
    with transaction.atomic():
        value("select pg_advisory_xact_lock(%s)", [_PUBLISHING])
        latest = Wording.objects.filter(kind=kind).order_by("-version").first()
        if latest and (latest.text_en, latest.text_zh_hans) == (text_en, text_zh_hans):  # type: ignore[attr-defined]
            return latest
        wording = Wording.objects.create(
            kind=kind,
            version=latest.version + 1 if latest else 1,
            text_en=text_en,
            text_zh_hans=text_zh_hans,
            published_at=at,
        )
        audit.record("wording.publish", subject=f"wording:{kind}/{wording.version}", actor=actor)
        return wording


def current(kind: str) -> Wording:
    """The latest version of a text."""
    return Wording.objects.filter(kind=kind).latest("version")


def accept(member: Member, *, source: str, at: datetime, kinds: Sequence[str] = ACCEPTED) -> list[Wording]:
    """Note that the member accepted the latest version of these texts. SOURCE says where, such as "portal".

    Answers the texts. A repeat keeps the time of the first.
    """
    wordings = [current(kind) for kind in kinds]
    Acceptance.objects.bulk_create(
        [Acceptance(member=member, wording=wording, source=source, at=at) for wording in wordings],
        ignore_conflicts=True,
    )
    return wordings


def outstanding(member: Member, *, kinds: Sequence[str] = ACCEPTED) -> list[Wording]:
    """The latest versions of these texts that the member has not accepted. One query."""
    latest = Wording.objects.filter(kind__in=kinds).values("kind").annotate(version=Max("version"))
    newest = {(row["kind"], row["version"]) for row in latest}
    unaccepted = Wording.objects.filter(kind__in=kinds).exclude(
        pk__in=Acceptance.objects.filter(member=member).values("wording_id")
    )
    return sorted(
        (wording for wording in unaccepted if (wording.kind, wording.version) in newest),
        key=lambda wording: list(kinds).index(wording.kind),
    )
