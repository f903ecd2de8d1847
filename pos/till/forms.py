"""What cashiers fill in. Every refusal stands beside its field."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from core import characters, money, words
from core.models import Programme
from members.contacts import EMAIL_LENGTH, NAME_LENGTH
from members.profiles import Profile
from pos.queries import SoldLine
from pos.till import drafts, goods, scanning
from pos.till.drafts import Item
from rewards.proofs import Kind, Proof
from sales.models import Category, Terminal

LONGEST_SKU, LONGEST_NAME, LONGEST_CODE = 40, 160, 40
MOST_QUANTITY = Decimal(1_000_000)
MOST_PRICE = Decimal(1_000_000)
PLACES_OF_QUANTITY = 3
OTHER = "OTHER"
# Each by its own name: whoever looks for theirs may not read the page's.
LANGUAGES = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


class TillForm(forms.Form):
    """A form of the till page. Fields with errors say so to who can't see them."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            characters.watch(field)


class TerminalForm(TillForm):
    """Where somebody sits down."""

    terminal = forms.TypedChoiceField(coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, terminals: Sequence[Terminal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["terminal"].choices = [(each.pk, str(each)) for each in terminals]  # type: ignore[attr-defined]


class ScanForm(TillForm):
    """One box for all that a scanner reads and a cashier types."""

    text = forms.CharField(max_length=scanning.LONGEST)


class MemberForm(TillForm):
    """By what a member is known."""

    who = forms.CharField(
        label=_("Member number, phone or e-mail"),
        max_length=scanning.LONGEST,
        error_messages={"required": _("Scan the card, or type a number, a phone or an e-mail.")},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


class EnrolForm(TillForm):
    """What somebody says of themselves at the till: a phone or an e-mail is enough."""

    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=EMAIL_LENGTH,
        required=False,
        widget=forms.TextInput({"type": "email", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    accepts_terms = forms.BooleanField(
        label=_("They accept the terms and the privacy notice"),
        error_messages={"required": _("Nobody becomes a member without it. Show them the terms, and ask.")},
    )
    marketing = forms.BooleanField(label=_("They would like to hear of offers"), required=False)

    def profile(self) -> Profile:
        """What was told, as enrolling takes it."""
        given = self.cleaned_data
        return {
            "phone": given["phone"] or None,
            "email": given["email"] or None,
            "name": given["name"] or None,
            "language": given["language"],
        }


class _Priced(TillForm):
    """Goods with quantity and price, in the programme's currency."""

    quantity = forms.DecimalField(
        label=_("Quantity"),
        min_value=Decimal(0),
        max_value=MOST_QUANTITY,
        error_messages={"max_value": _("So many are not sold at once.")},
        decimal_places=PLACES_OF_QUANTITY,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    price = forms.DecimalField(
        label=_("Price of one"),
        min_value=Decimal(0),
        max_value=MOST_PRICE,
        error_messages={"min_value": _("A price is not negative."), "max_value": _("No price is as high as that.")},
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme = programme

    def clean_price(self) -> Decimal:
        price: Decimal = self.cleaned_data["price"]
        if not money.fits(price, self.programme.currency):
            places = money.places(self.programme.currency)
            raise ValidationError(_("At most %(most)s digits after the point are allowed."), params={"most": places})
        return price


class ItemForm(_Priced):
    """How many of an item, and at which price: near the one of the list, for who may not set any."""

    def __init__(self, *args: Any, item: Item, may_set_price: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item, self.may_set_price = item, may_set_price

    def clean_price(self) -> Decimal:
        price = super().clean_price()
        listed = self.item.listed
        if listed is None or self.may_set_price or price == self.item.price:
            return price
        currency = self.programme.currency
        least, most = goods.reasonable(listed, currency)
        if least <= price <= most:
            return price
        raise ValidationError(
            _("You may sell it at %(least)s to %(most)s. For another price, ask a colleague who may set any."),
            params={"least": money.shown(least, currency), "most": money.shown(most, currency)},
        )


class OtherForm(_Priced):
    """Goods that the list doesn't know."""

    field_order = ("name", "price", "quantity", "category", "sku")

    name = forms.CharField(
        label=_("What it is"), max_length=LONGEST_NAME, widget=forms.TextInput({"autocomplete": "off"})
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    sku = forms.CharField(
        label=_("SKU or barcode"),
        max_length=LONGEST_SKU,
        required=False,
        empty_value=OTHER,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, categories: Sequence[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(category.code, category.name) for category in categories]
        self.fields["category"].choices = [("", _("none")), *named]  # type: ignore[attr-defined]

    def clean_quantity(self) -> Decimal:
        quantity: Decimal = self.cleaned_data["quantity"]
        if not quantity:
            raise ValidationError(_("This must be more than 0."))
        return quantity


class LookupForm(TillForm):
    """Which receipt."""

    receipt = forms.CharField(
        label=_("Receipt number or code"),
        max_length=LONGEST_CODE,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class ReturnForm(TillForm):
    """How many of each line come back: a field for each line of which something is left."""

    number = forms.RegexField(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}", widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: Sequence[SoldLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {f"line-{line.position}": line for line in lines if line.quantity > line.returned}
        for name, line in self.lines.items():
            left = line.quantity - line.returned
            too_many = _("Only %(left)s of it can come back.") % {"left": words.quantity(left)}
            self.fields[name] = forms.DecimalField(
                label=line.name or line.sku,
                required=False,
                min_value=Decimal(0),
                max_value=left,
                decimal_places=PLACES_OF_QUANTITY,
                error_messages={"max_value": too_many, "min_value": _("Less than nothing can't come back.")},
                widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "data-most": f"{left:f}"}),
            )

    def rows(self) -> list[tuple[SoldLine, forms.BoundField]]:
        """Each line with its field."""
        return [(line, self[name]) for name, line in self.lines.items()]

    def all_of_it(self) -> dict[str, str]:
        """The data of a form by which everything that is left comes back."""
        return {name: f"{line.quantity - line.returned:f}" for name, line in self.lines.items()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.goods():
            raise ValidationError(_("Say how many of which line come back."))
        return cleaned

    def goods(self) -> tuple[tuple[int, Decimal], ...]:
        """What comes back: (line, quantity)."""
        given = ((line.position, self.cleaned_data.get(name)) for name, line in self.lines.items())
        return tuple((position, quantity) for position, quantity in given if quantity)


class GiveForm(MemberForm):
    """To whom a receipt is given, and the code that stands on it."""

    code = forms.CharField(
        label=_("Receipt code"),
        max_length=LONGEST_CODE,
        help_text=_("It is printed on the receipt."),
        error_messages={"required": _("Without the code on the paper, a receipt can't be given to anybody.")},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


def _never_shown(**attributes: str) -> forms.PasswordInput:
    """A box whose content no page repeats: who reads the page must not read the proof."""
    return forms.PasswordInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", **attributes})


class RedeemForm(TillForm):
    """How a member proves that it is them, and what becomes of the voucher. `ask`: what the redemption is called."""

    ask = forms.RegexField(drafts.TOKEN, widget=forms.HiddenInput)
    price = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        choices=[(Kind.QR, _("QR code")), (Kind.CODE, _("Code by message")), (Kind.PIN, _("PIN"))],
        widget=forms.RadioSelect,
    )
    qr = forms.CharField(
        label=_("QR code on the member’s phone"),
        help_text=_("In the members’ portal under “Use points”. It changes every half minute."),
        max_length=scanning.LONGEST,
        required=False,
        widget=_never_shown(type="text"),
    )
    code = forms.CharField(
        label=_("Code that was sent to the member"),
        help_text=_("Six digits, good for ten minutes."),
        max_length=scanning.LONGEST,
        required=False,
        widget=_never_shown(type="text", inputmode="numeric"),
    )
    pin = forms.CharField(
        label=_("The member’s PIN"),
        help_text=_("Turn the screen to the member: only they should see what they type."),
        max_length=scanning.LONGEST,
        required=False,
        widget=_never_shown(inputmode="numeric", autocomplete="one-time-code"),
    )
    use_now = forms.BooleanField(label=_("Use it on this sale at once"), required=False)

    missing: ClassVar = {
        Kind.QR: _("Scan the QR code on the member’s phone."),
        Kind.CODE: _("Type the code that the member reads out, or have one sent."),
        Kind.PIN: _("Let the member type their PIN."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (chosen := self["kind"].value()) in self.missing:
            self.fields[chosen].widget.attrs["data-first"] = ""  # what is scanned next belongs there

    @property
    def wants_code(self) -> bool:
        """Whether a code shall be sent to the member, and nothing be redeemed yet."""
        return self.data.get("do") == "send"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        if kind and not self.wants_code and not cleaned.get(kind):
            self.add_error(kind, self.missing[Kind(kind)])
        return cleaned

    def proof(self) -> Proof:
        """What the member showed or said."""
        kind = Kind(self.cleaned_data["kind"])
        return Proof(kind, self.cleaned_data[kind])

    def once_more(self, fresh: Mapping[str, Any], refusal: str, field: str | None) -> "RedeemForm":
        """The same form for another try, under the name and price of FRESH, with what was wrong beside its FIELD."""
        given = {name: self.data[name] for name in self.data}
        form = RedeemForm({**given, "ask": fresh["ask"], "price": fresh["price"]})
        form.full_clean()
        form.add_error(field, refusal)
        return form
