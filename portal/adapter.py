"""What allauth asks about members: who has this phone or e-mail, and how a code reaches them."""

import uuid
from datetime import timedelta
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access import factors
from access.models import User
from core import clock
from core.errors import LoyaltyError
from members import enrolment
from members.identity import MemberClosed
from members.models import Member
from messaging import outbox
from messaging.models import Message
from messaging.outbox import Draft
from portal import claiming, joining
from portal.claiming import Address
from portal.joining import Joining

JOINING_KEY = "portal_joining"
# What allauth would write about second factors begins so.
FACTOR_MAILS = "mfa/email/"


def _columns(model: type[Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


# Asked on every page of a member: written out, because putting it together takes the ORM longer than asking it.
_USER = [field.attname for field in User._meta.concrete_fields]
_MEMBER = [field.attname for field in Member._meta.concrete_fields]
USER_AND_MEMBER = f"""
    select {", ".join(f"u.{column}" for column in _columns(User))},
           {", ".join(f"m.{column}" for column in _columns(Member))}
    from {User._meta.db_table} u left join {Member._meta.db_table} m on m.user_id = u.id
    where u.id = %s
"""


class MemberBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's backend, which brings a user's member along: a member's page asks for both by one query."""

    def get_user(self, user_id: int) -> User | None:
        with connection.cursor() as cursor:
            cursor.execute(USER_AND_MEMBER, [user_id])
            row = cursor.fetchone()
        if row is None:
            return None
        user = User.from_db(DEFAULT_DB_ALIAS, _USER, row[: len(_USER)])
        if not self.user_can_authenticate(user):
            return None
        told = row[len(_USER) :]
        user.member = Member.from_db(DEFAULT_DB_ALIAS, _MEMBER, told) if told[0] else None  # type: ignore[attr-defined]
        return user


class PortalAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by a code, over the members' own addresses. Staff users are never signed in by a code alone."""

    def get_user_by_phone(self, phone: str) -> User | None:
        member = claiming.member_at(Address(phone=phone))
        return claiming.user_of(member) if member else None

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        member = Member.objects.filter(user=user).first()
        return (member.phone.as_e164, True) if member and member.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        """The member's phone is set by the verbs of members, not by allauth."""

    def set_phone_verified(self, user: User, phone: str) -> None:
        """A phone that belongs to a member who signs in by it is verified by that."""

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        _send_code(Message.Channel.SMS, phone, code)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if template_prefix != "account/email/login_code":
            # allauth sends nothing else as it is set up here: what it would begin to send must not go unnoticed.
            raise NotImplementedError(template_prefix)
        _send_code(Message.Channel.EMAIL, email, context["code"])

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Staff are written to when a factor of theirs changed; members by what portal.passkeys tells."""
        if user.is_staff and template_prefix.startswith(FACTOR_MAILS):
            change = template_prefix.removeprefix(FACTOR_MAILS)
            language = get_language() or settings.LANGUAGE_CODE
            factors.tell_changed(user, change, language=language, at=clock.now())

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Whoever comes here has given back the code (or is staff): now a member is claimed, or enrolled."""
        refusal: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if refusal or user.is_staff:
            return refusal
        kept = request.session.pop(JOINING_KEY, None)
        try:
            if kept and kept["username"] == user.username:
                joining.join(Joining.restored(kept), user, at=clock.now())
            member = claiming.claim(user)
        except MemberClosed:
            return _turn_away(request, _("This membership has ended. Please ask us if you would like to come back."))
        except LoyaltyError as error:
            return _turn_away(request, str(error))
        if member and member.status == Member.Status.CLOSED:
            return _turn_away(request, _("This membership has ended. Please ask us if you would like to come back."))
        return None if member else _turn_away(request, _("Please sign in once more."))

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """A language chosen on this device stays and becomes the member's; without one, theirs is taken."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        member = Member.objects.filter(user=user).first()
        if member and chosen in dict(settings.LANGUAGES):
            enrolment.update(member, at=clock.now(), language=chosen)
        elif member:
            remember_language(response, member.language)
        return response


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Only staff prove themselves twice. A member's passkey is another way to sign in: never one more question."""

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        return bool(getattr(user, "is_staff", False) and super().is_mfa_enabled(user, types))

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """Who a passkey is for, as the phone will list it."""
        told: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        member = Member.objects.filter(user=user).first()
        if member:
            told |= {"display_name": member.name or member.number, "name": member.email or member.number}
        return told


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep a language on the visitor's device, as Django's own switch does."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


def _send_code(channel: str, address: str, code: str) -> None:
    at = clock.now()
    where = Address(phone=address) if channel == Message.Channel.SMS else Address(email=address)
    member = claiming.member_at(where)
    draft = Draft(
        kind="sign_in_code",
        reference=f"sign_in_code:{uuid.uuid4()}",
        channel=channel,
        address=address,
        language=get_language() or settings.LANGUAGE_CODE,
        words={"code": code},
        member_id=member.pk if member else None,
        expires_at=at + timedelta(seconds=app_settings.LOGIN_BY_CODE_TIMEOUT),
    )
    outbox.queue([draft], at=at)


def _turn_away(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.warning(request, sentence)
    return HttpResponseRedirect(reverse("account_login"))
