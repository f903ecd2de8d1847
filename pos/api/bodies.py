"""What tills send, read into what the verbs take."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from core import clock, money
from core.models import Programme
from members import identity
from members.birthdays import Birthday
from members.contacts import EXTERNAL_ID_LENGTH, NAME_LENGTH
from members.models import Consent, Member
from members.profiles import Profile
from pos.api.authentication import Till
from pos.api.reading import Errors, Fields
from pos.receipts import AHEAD, Brought, Line, Receipt

MOST_LINES = 1000
MOST_QUANTITY = Decimal(1_000_000)
MOST_AMOUNT = Decimal(10_000_000_000)

PURCHASE = frozenset({"receipt", "occurred_at", "currency", "member", "lines", "total", "channel", "cashier"})
LINE = frozenset({"sku", "name", "category", "quantity", "amount"})
IDENTIFIERS = frozenset({"number", "phone", "email", "external_id"})
RETURN = frozenset({"number", "occurred_at", "lines"})
RETURN_LINE = frozenset({"line", "quantity"})
ASSIGNMENT = frozenset({"member", "claim_code"})
ENROLMENT = frozenset(
    {"phone", "email", "external_id", "name", "language", "birthday", "accepts_terms", "consents", "referral_code"}
)
BIRTHDAY = frozenset({"calendar", "month", "day", "year", "is_leap_month"})
CONSENT = frozenset({"channel", "purpose"})
LONGEST_IDENTIFIER = 254
LONGEST_RECEIPT = 40
LONGEST_PHONE = 40
LONGEST_CODE = 40
MOST_CONSENTS = 10
CHANNELS = tuple(Consent.Channel.values)
PURPOSES = tuple(Consent.Purpose.values)
CALENDARS = tuple(Member.Calendar.values)
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class Sale:
    """A purchase as a till sent it. `member`: by what the member is known, None for a sale without."""

    number: str
    occurred_at: datetime
    lines: tuple[Line, ...]
    member: dict[str, str] | None
    channel: str
    cashier: str

    def receipt(self, till: Till, at: datetime) -> Receipt:
        """The receipt of TILL, booked at AT. Raises what identity.known_as raises."""
        return Receipt(
            store_id=till.store_id,
            store_code=till.store_code,
            terminal_id=till.terminal_id,
            terminal_code=till.terminal_code,
            business_on=clock.business_date(self.occurred_at, till),
            number=self.number,
            occurred_at=self.occurred_at,
            at=at,
            currency=till.programme.currency,
            lines=self.lines,
            known_as=identity.known_as(**self.member, country=till.programme.country) if self.member else None,
            channel=self.channel,
            cashier=self.cashier,
        )


@dataclass(frozen=True, slots=True)
class GoodsBack:
    """A return as a till sent it: (line, quantity) of what comes back."""

    number: str
    occurred_at: datetime
    goods: tuple[tuple[int, Decimal], ...]

    def brought(self, till: Till, purchase_id: int, at: datetime) -> Brought:
        return Brought(purchase_id, self.number, self.goods, till.terminal_id, self.occurred_at, at)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What somebody says of themselves at the till: profile, terms, consents as (channel, purpose), a code."""

    profile: Profile
    accepts_terms: bool
    consents: tuple[tuple[str, str], ...]
    referral_code: str = ""


def purchase(body: Any, programme: Programme) -> Sale:
    """A purchase. Raises InvalidBody."""
    errors = Errors()
    fields = Fields(body, PURCHASE, errors)
    number = fields.text("receipt", LONGEST_RECEIPT)
    occurred_at = fields.moment("occurred_at")
    currency(fields, programme)
    places = money.places(programme.currency)
    total = fields.decimal("total", places=places, most=MOST_AMOUNT)
    lines = tuple(line(each, places) for each in fields.each("lines", LINE, MOST_LINES))
    found = Sale(
        number=number,
        occurred_at=occurred_at,
        lines=lines,
        member=identifier(fields.inner("member", IDENTIFIERS)) if "member" in fields else None,
        channel=fields.text("channel", 20) if "channel" in fields else "store",
        cashier=fields.text("cashier", 40) if "cashier" in fields else "",
    )
    errors.raise_any()
    if (added := sum((each.amount for each in lines), Decimal(0))) != total:
        fields.wrong("total", "total_differs", sum=f"{added:.{places}f}")
        errors.raise_any()
    return found


def currency(fields: Fields, programme: Programme) -> None:
    """The currency of amounts: the programme's, or it is noted as wrong."""
    given = fields.text("currency", 3)
    if given and given != programme.currency:
        fields.wrong("currency", "foreign_currency", currency=programme.currency)


def line(fields: Fields, places: int) -> Line:
    """A line of a basket; its amount has PLACES at most."""
    return Line(
        sku=fields.text("sku", 40),
        quantity=fields.decimal("quantity", places=3, most=MOST_QUANTITY, positive=True),
        amount=fields.decimal("amount", places=places, most=MOST_AMOUNT),
        name=fields.text("name", 160, blank=True) if "name" in fields else "",
        category=fields.text("category", 40) if "category" in fields else None,
    )


def identifier(fields: Fields) -> dict[str, str]:
    """By what a member is known: one of number, phone, email, external_id."""
    given = [name for name in sorted(IDENTIFIERS) if name in fields]
    if len(given) != 1:
        fields.wrong_itself("not_one_identifier")
        return {}
    return {given[0]: fields.text(given[0], LONGEST_IDENTIFIER)}


def goods_back(body: Any) -> GoodsBack:
    """A return. Raises InvalidBody."""
    errors = Errors()
    fields = Fields(body, RETURN, errors)
    goods: dict[int, Decimal] = {}
    for line in fields.each("lines", RETURN_LINE, MOST_LINES):
        position = line.whole("line", 1, MOST_LINES)
        if position in goods:
            line.wrong("line", "twice")
        goods[position] = line.decimal("quantity", places=3, most=MOST_QUANTITY, positive=True)
    found = GoodsBack(fields.text("number", LONGEST_RECEIPT), fields.moment("occurred_at"), tuple(goods.items()))
    errors.raise_any()
    return found


def assignment(body: Any) -> tuple[dict[str, str], str]:
    """By what a member is known, and the code on the receipt. Raises InvalidBody."""
    errors = Errors()
    fields = Fields(body, ASSIGNMENT, errors)
    found = identifier(fields.inner("member", IDENTIFIERS)), fields.text("claim_code", 40)
    errors.raise_any()
    return found


def enrolment(body: Any) -> Enrolment:
    """What somebody says of themselves when they enrol. Raises InvalidBody."""
    errors = Errors()
    fields = Fields(body, ENROLMENT, errors)
    profile: Profile = {}
    if "phone" in fields:
        profile["phone"] = fields.text("phone", LONGEST_PHONE)
    if "email" in fields:
        profile["email"] = fields.text("email", LONGEST_IDENTIFIER)
    if "external_id" in fields:
        profile["external_id"] = fields.text("external_id", EXTERNAL_ID_LENGTH)
    if "name" in fields:
        profile["name"] = fields.text("name", NAME_LENGTH, blank=True)
    if "language" in fields:
        profile["language"] = fields.choice("language", LANGUAGES)
    if "birthday" in fields:
        profile["birthday"] = _birthday(fields.inner("birthday", BIRTHDAY))
    consents = fields.each("consents", CONSENT, MOST_CONSENTS) if "consents" in fields else ()
    found = Enrolment(
        profile=profile,
        accepts_terms=fields.truth("accepts_terms") if "accepts_terms" in fields else False,
        consents=tuple((said.choice("channel", CHANNELS), said.choice("purpose", PURPOSES)) for said in consents),
        referral_code=fields.text("referral_code", LONGEST_CODE) if "referral_code" in fields else "",
    )
    errors.raise_any()
    return found


def _birthday(fields: Fields) -> Birthday:
    return Birthday(
        month=fields.whole("month", 1, 12),
        day=fields.whole("day", 1, 31),
        year=fields.whole("year", 1900, 2100) if "year" in fields else None,
        calendar=fields.choice("calendar", CALENDARS) if "calendar" in fields else Member.Calendar.SOLAR,
        is_leap_month=fields.truth("is_leap_month") if "is_leap_month" in fields else False,
    )


def check_age(occurred_at: datetime, programme: Programme, at: datetime) -> None:
    """Raise InvalidBody for what has not happened yet, or is older than receipts may be when they arrive."""
    errors = Errors()
    if occurred_at > at + AHEAD:
        errors.add("/occurred_at", "in_the_future")
    elif occurred_at < at - timedelta(days=programme.oldest_receipt_days):
        errors.add("/occurred_at", "too_old", days=programme.oldest_receipt_days)
    errors.raise_any()
