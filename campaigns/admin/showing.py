"""How a greeting reads, on its preview page: the text of each channel, and the e-mail as phone and desktop show it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, linebreaks
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from campaigns import previews
from campaigns.models import Greeting
from campaigns.previews import Preview
from core.admin import acts
from members.models import Member
from messaging.models import Message


def lines(greeting: Greeting, member: Member, *, at: datetime) -> list[acts.Line]:
    """Each channel's text in each language, as it will stand there."""
    names = dict(settings.LANGUAGES)
    found = []
    for each in previews.previews(greeting, member, at=at):
        name = _("%(channel)s, %(language)s") % {
            "channel": Message.Channel(each.channel).label,
            "language": names[each.language],
        }
        found.append(acts.Line(name, _said(greeting, member, each)))
    return found


def _said(greeting: Greeting, member: Member, each: Preview) -> Any:
    if each.empty:
        return _("Not sent: there is nothing to fill %(placeholder)s with.") % {"placeholder": each.empty}
    body = mark_safe(linebreaks(each.letter.text.body, autoescape=True))  # noqa: S308  escaped right here
    text = format_html('<div class="staff-letter" lang="{}"><b>{}</b>{}</div>',
                       each.language, each.letter.text.subject, body)  # fmt: skip
    return text + _frames(greeting, member, each) if each.channel == Message.Channel.EMAIL else text


def _frames(greeting: Greeting, member: Member, each: Preview) -> SafeString:
    asked = urlencode({"member": member.number, "language": each.language})
    address = f"{reverse(f'admin:campaigns_{greeting._meta.model_name}_letter', args=[greeting.pk])}?{asked}"
    return format_html(
        '<div class="staff-mails">'
        '<figure class="staff-mail-phone"><figcaption>{}</figcaption><iframe sandbox title="{}" src="{}"></iframe>'
        '</figure><figure class="staff-mail-desktop"><figcaption>{}</figcaption><iframe sandbox title="{}" src="{}">'
        "</iframe></figure></div>",
        *(_("On a phone"), _("The e-mail on a phone"), address),
        *(_("On a desktop"), _("The e-mail on a desktop"), address),
    )
