"""Staff at their desk: signed in with a role, and what they find there."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any, Protocol

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.auth.models import Group
from django.test import Client

from access import factors
from access.models import User
from core import clock
from members.models import Member
from points import ledger
from points.models import PointType
from pos.returns import Returned
from pos.settling import Recorded
from tests import factories
from tests.factories import Shop
from tests.pos.selling import bring_back, receipt, sell

NOON = datetime(2026, 6, 1, 11, 0, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "correct horse battery"


class Page(Protocol):
    """What the site answered to a browser."""

    @property
    def status_code(self) -> int: ...
    @property
    def content(self) -> bytes: ...
    def __getitem__(self, header: str) -> str: ...


def colleague(role: str, **changes: Any) -> User:
    """Somebody of the staff with a role and an authenticator app. "superuser" has every right."""
    user = factories.staff(role, is_superuser=role == "superuser", **changes)
    if role != "superuser":
        user.groups.add(Group.objects.get(name=role))
    factors.enrol(user, SECRET)
    return user


def signed_in(user: User) -> Client:
    """A browser in which USER has shown password and second factor."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": 0},
        {"method": "mfa", "at": 0, "type": "totp"},
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def at_desk(role: str) -> Client:
    """A new colleague with this role, signed in."""
    return signed_in(colleague(role))


def text(response: Page) -> str:
    """What a page says, without its tags, blanks joined."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def shown_again(response: Page) -> dict[str, str]:
    """The hidden fields of the form of an act, as the browser would send them back."""
    found = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', response.content.decode())
    return {name: value for name, value in found if name in {"seen", "reference"}}


def confirm(client: Client, url: str, data: dict[str, Any]) -> Page:
    """Fill in the form of an act, look at the preview, confirm."""
    first = client.get(url)
    kept = {**data, **shown_again(first)}
    preview = client.post(url, kept)
    return client.post(url, {**kept, **shown_again(preview)})


@dataclass(frozen=True)
class Story:
    """A member who bought something, brought a part of it back, and was given points."""

    shop: Shop
    member: Member
    sale: Recorded
    returned: Returned


def story(shop: Shop) -> Story:
    """Two lines for £60 and £40 bought, the second one brought back, ten points given by hand: 70 points."""
    member = factories.member()
    (sale,) = sell(receipt(shop, "R-1", "60.00", "40.00", member=member, at=NOON))
    returned = bring_back(shop, sale, "RET-1", (2, "1"), at=NOON)
    given = PointType.objects.get()
    ledger.adjust(
        member.pk,
        given,
        10,
        reference="adjustment:1",
        words={"en": "Goodwill", "zh-hans": "补偿"},
        at=clock.now(),
        actor="staff:1",
        note_for_member="With our regards",
        internal_note="Broken box",
    )
    return Story(shop, member, sale, returned)
