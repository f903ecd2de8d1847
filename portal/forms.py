"""What members fill in. Every refusal stands beside its field."""

import binascii
from datetime import date, datetime
from functools import cache
from typing import Any, cast
from zoneinfo import available_timezones

from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access.models import User
from campaigns import referrals
from core import clock
from core.errors import LoyaltyError
from core.models import Programme
from members import birthdays, contacts
from members.birthdays import Birthday
from members.models import Consent, Member
from portal import claiming
from portal.claiming import Address
from portal.joining import Joining
from portal.movements import Filter

MONTHS = [("", _("Month"))] + [(month, month) for month in range(1, 13)]
DAYS = [("", _("Day"))] + [(day, day) for day in range(1, 32)]
REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
# Typed to close a membership: in the page's language, or in any other.
CLOSING_WORD = pgettext_lazy("typed to close a membership", "goodbye")
CLOSING_WORDS = ("goodbye", "再见")
MOST_POINTS = 2**31 - 1
PIN_BOX = {"inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9]{4,6}"}
# Each by its own name: whoever looks for theirs may not read the page's.
LANGUAGES = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


class ProgrammeForm(forms.Form):
    """A form that knows the programme."""

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme = programme


class AddressForm(ProgrammeForm):
    """Phone or e-mail in one box, to which a code goes. Whether somebody has it is not told."""

    address = forms.CharField(
        label=_("Phone or e-mail"),
        max_length=254,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.where = Address()
        self._user: User | None = None

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"]
        try:
            self.where = claiming.address(typed.strip(), self.programme)
        except contacts.InvalidPhone as error:
            raise ValidationError(_("This is neither a phone number nor an e-mail address."), error.code) from error
        except LoyaltyError as error:
            raise ValidationError(str(error), code=error.code) from error
        return self.where.text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            self.take_attempt(self.where)
            self._user = self.find_user()
            # The names by which allauth's view takes them.
            cleaned |= {"phone": self.where.phone, "email": self.where.email}
        return cleaned

    def find_user(self) -> User | None:
        """The user to whom the code goes; None sends none, and looks the same."""
        member = claiming.member_at(self.where)
        return claiming.user_of(member) if member else None

    def joining(self) -> Joining | None:
        """What is to be kept until the code is given back: nothing, for who only signs in."""
        return None

    @staticmethod
    def take_attempt(where: Address) -> None:
        """Count a request for a code to this address. Raises ValidationError when there were too many."""
        if not ratelimit.consume(context.request, action="request_login_code", key=where.text):
            raise get_adapter().validation_error("rate_limited")


class BirthdayForm(ProgrammeForm):
    """A birthday by the solar or the lunar calendar; the year may be left out."""

    calendar = forms.ChoiceField(
        label=_("Calendar"),
        choices=[(Member.Calendar.SOLAR, _("Solar calendar")), (Member.Calendar.LUNAR, _("Lunar calendar"))],
        initial=Member.Calendar.SOLAR,
        widget=forms.RadioSelect,
        required=False,
    )
    month = forms.TypedChoiceField(label=_("Month"), choices=MONTHS, coerce=int, empty_value=None, required=False)
    day = forms.TypedChoiceField(label=_("Day"), choices=DAYS, coerce=int, empty_value=None, required=False)
    year = forms.IntegerField(
        label=_("Year"), required=False, widget=forms.TextInput({"inputmode": "numeric", "maxlength": 4})
    )
    is_leap_month = forms.BooleanField(
        label=_("In a leap month"), required=False, help_text=_("Only in the lunar calendar.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.birthday: Birthday | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        month, day = cleaned.get("month"), cleaned.get("day")
        if month and day:
            self._check(Birthday(
                month,
                day,
                cleaned.get("year"),
                cleaned.get("calendar") or Member.Calendar.SOLAR,
                bool(cleaned.get("is_leap_month")),
            ))  # fmt: skip
        elif (month or day or cleaned.get("year")) and not self.errors:
            self.add_error("day", _("Please choose both month and day."))
        return cleaned

    def _check(self, birthday: Birthday) -> None:
        try:
            birthdays.check(birthday, on=clock.business_date(clock.now(), self.programme))
        except LoyaltyError as error:
            self.add_error("year" if error.code == birthdays.NotBornYet.code else "day", str(error))
        else:
            self.birthday = birthday


class NameForm(ProgrammeForm):
    """How the member wants to be called."""

    name = forms.CharField(
        label=_("Name"),
        max_length=contacts.NAME_LENGTH,
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        try:
            return contacts.name(self.cleaned_data["name"])
        except LoyaltyError as error:
            raise ValidationError(str(error), code=error.code) from error


class JoinForm(AddressForm, NameForm, BirthdayForm):
    """Everything that somebody tells who joins; only the address and the yes to the terms are asked for."""

    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    accepted = forms.BooleanField(
        label=_("I accept the terms and have read the privacy notice."),
        error_messages={"required": _("Without your yes to the terms we can't make you a member.")},
    )
    marketing = forms.MultipleChoiceField(
        label=_("News and offers"),
        choices=[(Consent.Channel.EMAIL, _("by e-mail")), (Consent.Channel.SMS, _("by SMS"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    referral = forms.CharField(
        label=_("Invitation code"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=_("If a friend invited you."),
    )

    field_order = ("address", "name", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language() or settings.LANGUAGE_CODE
        if not referrals.scheme(self.programme).is_active:
            del self.fields["referral"]

    def clean_referral(self) -> str:
        """The code as it is kept. Each try is counted before it is looked up, so that nobody tries them all."""
        typed: str = self.cleaned_data["referral"]
        if not typed:
            return ""
        if not ratelimit.consume(context.request, action="invitation"):
            raise get_adapter().validation_error("rate_limited")
        try:
            return referrals.invitation(typed, self.programme).code
        except LoyaltyError as error:
            raise ValidationError(str(error), code=error.code) from error

    def find_user(self) -> User | None:
        return claiming.user_joining(self.where)

    def joining(self) -> Joining | None:
        """What was told, to be kept until the code is given back. None: nobody may join under this address."""
        if self._user is None:
            return None
        return Joining(
            username=self._user.username,
            address=self.where,
            name=self.cleaned_data["name"],
            language=self.cleaned_data["language"],
            birthday=self.birthday,
            marketing=tuple(self.cleaned_data["marketing"]),
            referral=self.cleaned_data.get("referral", ""),
        )


class ConsentForm(forms.Form):
    """What the member allows: each channel and purpose by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for purpose in Consent.Purpose.values:
            for channel, label in Consent.Channel.choices:
                self.fields[f"{purpose}_{channel}"] = forms.BooleanField(label=label, required=False)

    def said(self) -> dict[tuple[str, str], bool]:
        """The answer for each (channel, purpose)."""
        return {
            (channel, purpose): self.cleaned_data[f"{purpose}_{channel}"]
            for purpose in Consent.Purpose.values
            for channel in Consent.Channel.values
        }


class TimeZoneForm(forms.Form):
    """In whose time the member reads times and is written to. Empty: the programme's."""

    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = _("As in our shops (%(zone)s)") % {"zone": programme.time_zone}
        cast("forms.ChoiceField", self.fields["time_zone"]).choices = [("", usual), *_zones()]


@cache
def _zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """The places that people live in, by part of the world."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        region, _slash, place = name.partition("/")
        if place and region in REGIONS:
            found.setdefault(region, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return list(found.items())


class ClosingForm(forms.Form):
    """The word that somebody types who really means to leave."""

    word = forms.CharField(
        label=_("To confirm, type the word"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_word(self) -> str:
        typed: str = self.cleaned_data["word"].strip().casefold()
        if typed not in {str(word).casefold() for word in (CLOSING_WORD, *CLOSING_WORDS)}:
            raise ValidationError(_("Please type “%(word)s”, or leave everything as it is.") % {"word": CLOSING_WORD})
        return typed


class ActivityFilter(forms.Form):
    """Which movements to show. What makes no sense shows all."""

    flow = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("Everything")), ("in", _("Received")), ("out", _("Used or gone"))],
    )
    month = forms.ChoiceField(label=_("Month"), required=False)

    def __init__(self, *args: Any, first: date, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [(f"{month:%Y-%m}", date_format(month, "YEAR_MONTH_FORMAT")) for month in _months(first, last)]
        cast("forms.ChoiceField", self.fields["month"]).choices = [("", _("All months")), *months]

    def only(self) -> Filter:
        """The filter in terms of the ledger. Months are those of the reader's time zone."""
        self.is_valid()
        chosen = self.cleaned_data.get("month")
        since = timezone.make_aware(datetime.strptime(chosen, "%Y-%m")) if chosen else None  # noqa: DTZ007
        return Filter(
            sign={"in": 1, "out": -1}.get(self.cleaned_data.get("flow", ""), 0),
            since=since,
            until=timezone.make_aware(_month_after(timezone.make_naive(since))) if since else None,
        )

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anything out."""
        return any(self.cleaned_data.get(name) for name in ("flow", "month"))


def _month_after(first: datetime) -> datetime:
    """The first of the month after the one whose first day is given."""
    return datetime.combine(clock.months_after(first.date(), 1), first.time())


def _months(first: date, last: date) -> list[date]:
    """The first days of all months from the one of LAST back to the one of FIRST."""
    found, month, end = [], first.replace(day=1), last.replace(day=1)
    while month <= end:
        found.append(month)
        month = clock.months_after(month, 1)
    return found[::-1]


# What allauth's parsers stumble over when something else than a browser wrote it.
NO_PASSKEY = (KeyError, TypeError, ValueError, AttributeError, binascii.Error)


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, checked by allauth; its name is the device it was made on."""

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean() or {}
        except NO_PASSKEY as error:
            raise get_mfa_adapter().validation_error("incorrect_code") from error


class PasskeySignInForm(LoginWebAuthnForm):  # type: ignore[misc]
    """Sign-in by a passkey: members only. A key of the staff is a second factor and never enough by itself."""

    def clean_credential(self) -> Any:
        try:
            authenticator = super().clean_credential()
        except NO_PASSKEY as error:
            raise get_mfa_adapter().validation_error("incorrect_code") from error
        user = authenticator.user
        if user.is_staff or user.is_superuser or not user.is_active:
            raise get_mfa_adapter().validation_error("incorrect_code")
        return authenticator


class RedeemForm(forms.Form):
    """One wish for one reward: its token makes it count once, its price is what the member was shown."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    price = forms.IntegerField(required=False, min_value=1, max_value=MOST_POINTS, widget=forms.HiddenInput)


class PinForm(forms.Form):
    """A PIN, typed twice."""

    pin = forms.CharField(
        label=_("New PIN"), max_length=6, widget=forms.PasswordInput(PIN_BOX), help_text=_("4 to 6 digits.")
    )
    again = forms.CharField(label=_("The PIN once more"), max_length=6, widget=forms.PasswordInput(PIN_BOX))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "pin" in cleaned and "again" in cleaned and cleaned["pin"] != cleaned["again"]:
            self.add_error("again", _("This is not the same PIN. Please type it once more."))
        return cleaned
