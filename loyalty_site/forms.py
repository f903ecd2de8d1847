"""The one form by which a programme is founded."""

from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

import phonenumbers
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from access.models import User
from core import characters, money
from loyalty_site.founding import Charter

ABOVE_NOTHING = MinValueValidator(Decimal("0.001"))
HOURS = [(hour, f"{hour:02d}:00") for hour in range(13)]
LANGUAGES = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


class FoundingForm(forms.Form):
    """Everything that a programme needs before its first sale. Codes and currency never change."""

    name_en = forms.CharField(label=_("Name in English"), max_length=80)
    name_zh_hans = forms.CharField(label=_("Name in Chinese"), max_length=80)
    language = forms.ChoiceField(label=_("Main language"), choices=LANGUAGES)
    country = forms.CharField(
        label=_("Country"),
        max_length=2,
        initial="CN",
        help_text=_("Two letters, such as CN or GB. Phone numbers without + are read as dialled there."),
    )
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        initial="CNY",
        help_text=_("Three letters, such as CNY or GBP. It stays as it is."),
        validators=[RegexValidator(r"^[A-Za-z]{3}$", _("Three letters, such as CNY or GBP."))],
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), initial="Asia/Shanghai")
    day_ends_at = forms.TypedChoiceField(
        label=_("The business day ends at"),
        choices=HOURS,
        coerce=int,
        initial=0,
        help_text=_("With 04:00, a receipt of 03:59 still belongs to the day before."),
    )
    point_en = forms.CharField(label=_("One point, in English"), max_length=40, initial="point")
    points_en = forms.CharField(label=_("Many points, in English"), max_length=40, initial="points")
    points_zh_hans = forms.CharField(label=_("Points, in Chinese"), max_length=40, initial="积分")
    worth = forms.DecimalField(
        label=_("Worth of one point"),
        min_value=0,
        max_digits=10,
        decimal_places=5,
        initial=Decimal("0.01"),
        help_text=_("In the currency. Members see what their points are worth; 0 shows nothing."),
    )
    rule_points = forms.IntegerField(label=_("Points"), min_value=1, max_value=100_000, initial=1)
    rule_amount = forms.DecimalField(
        label=_("For each amount of"), max_digits=16, decimal_places=3, validators=[ABOVE_NOTHING], initial=1
    )
    pending_days = forms.IntegerField(
        label=_("Days until points can be used"),
        min_value=0,
        max_value=365,
        initial=14,
        help_text=_("As long as goods may be brought back. 0: at once."),
    )
    expiry_months = forms.IntegerField(
        label=_("Months until points expire"),
        min_value=1,
        max_value=120,
        initial=12,
        required=False,
        help_text=_("To the end of that month. Empty: never."),
    )
    second_tier = forms.DecimalField(
        label=_("Spent in twelve months for the second tier"),
        max_digits=12,
        decimal_places=3,
        validators=[ABOVE_NOTHING],
        initial=300,
        help_text=_("The third and fourth tier ask for 3 and 8 times as much."),
    )
    store_code = forms.SlugField(
        label=_("Code of the first store"),
        max_length=20,
        initial="STORE-1",
        help_text=_("Stands on receipts and never changes."),
    )
    store_name = forms.CharField(label=_("Name of the first store"), max_length=80)
    terminal_code = forms.SlugField(label=_("Code of its first till"), max_length=20, initial="T1")
    email = forms.EmailField(
        label=_("Your e-mail"), widget=forms.EmailInput({"autocomplete": "username"}), max_length=150
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least ten characters. Your phone's authenticator app or a passkey comes at the first sign-in."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            characters.watch(field)
        zones = self.fields["time_zone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone]

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"].upper()
        if country not in phonenumbers.SUPPORTED_REGIONS:
            raise ValidationError(_("There is no country with these letters."))
        return country

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if not money.exists(currency):
            raise ValidationError(_("There is no currency with these letters."))
        return currency

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        email = self.cleaned_data.get("email", "")
        password_validation.validate_password(password, User(email=email))
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        currency = cleaned.get("currency", "")
        for field in ("rule_amount", "second_tier"):
            if field in cleaned and not money.fits(cleaned[field], currency):
                self.add_error(field, _("The currency has no unit as small as this."))
        return cleaned

    def charter(self) -> Charter:
        """What was decided."""
        return Charter(**self.cleaned_data)
