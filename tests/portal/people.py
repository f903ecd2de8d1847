"""Members in front of the portal, in as few words as a story needs."""

import re
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest
from django.test import Client

from members.models import Member
from messaging.models import Message
from portal import claiming


def signed_in(member: Member) -> Client:
    """A browser in which MEMBER has signed in just now."""
    user = claiming.user_of(member)
    assert user is not None
    claiming.claim(user)
    client = Client()
    client.force_login(user, "portal.adapter.MemberBackend")
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, user, "code")
    request.session.save()
    return client


def ask_for_code(client: Client, address: str) -> Any:
    """Send the sign-in form."""
    return client.post("/sign-in/", {"address": address})


def code_sent_to(address: str) -> str:
    """The six digits of the latest message to ADDRESS."""
    message = Message.objects.filter(address=address, kind="sign_in_code").latest("id")
    (code,) = re.findall(r"\b\d{6}\b", message.body)
    return str(code)


def give_code(client: Client, code: str) -> Any:
    """Send the code form."""
    return client.post("/sign-in/code/", {"code": code})


def sign_in(client: Client, address: str) -> Any:
    """Ask for a code and give it back."""
    ask_for_code(client, address)
    return give_code(client, code_sent_to(address.strip().lower()))


def text(response: Any) -> str:
    """What stands on a page, tags and blanks taken away."""
    body = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())
