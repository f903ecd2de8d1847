"""The shapes of what tills send and are told, as the schema declares them. Reading and writing is done elsewhere, by
hand and faster; tests hold both to these."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.matching import Why
from members.models import Consent
from members.models import Member as MemberRow
from points.models import Posting
from pos.api import bodies, pages
from tiers.models import Scheme


@extend_schema_field({"type": "string", "pattern": r"^[0-9]{1,14}(\.[0-9]{1,3})?$"})
class DecimalText(serializers.CharField):
    """A decimal number as text."""


class Strict(serializers.Serializer[None]):
    """A body in which unknown fields are refused."""


class Identifier(Strict):
    """By what a member is known: exactly one of the four."""

    number = serializers.CharField(required=False, help_text="The member number on the card: twelve digits.")
    phone = serializers.CharField(
        required=False, help_text="As dialled in the programme's country, or with + and country."
    )
    email = serializers.CharField(required=False)
    external_id = serializers.CharField(required=False, help_text="The member's number in another system.")


class SaleLine(Strict):
    sku = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=160, required=False, allow_blank=True)
    category = serializers.CharField(
        max_length=40, required=False, allow_null=True, help_text="Absent: the product's own category, if it is known."
    )
    quantity = DecimalText(help_text="More than 0, at most three places.")
    amount = DecimalText(help_text="What was paid for the line, after its discount. Not negative.")


class Sale(Strict):
    receipt = serializers.CharField(
        max_length=40, help_text="The receipt's number: unique for the terminal and business date."
    )
    occurred_at = serializers.DateTimeField(help_text="The till's clock, with offset.")
    currency = serializers.CharField(min_length=3, max_length=3, help_text="The programme's currency.")
    member = Identifier(required=False, allow_null=True, help_text="Absent: a sale without member.")
    lines = serializers.ListField(child=SaleLine(), min_length=1, max_length=bodies.MOST_LINES)
    total = DecimalText(help_text="The sum of the lines' amounts.")
    channel = serializers.CharField(max_length=20, required=False, help_text='"store" when absent.')
    cashier = serializers.CharField(max_length=40, required=False)


class Reason(serializers.Serializer[None]):
    points = serializers.IntegerField()
    rule = serializers.CharField(help_text="The rule's code; an offer's after “offer:”.")
    version = serializers.IntegerField(help_text="The rule's version.")
    words = serializers.CharField(help_text="Why, in the language asked for.")


class Earned(serializers.Serializer[None]):
    point_type = serializers.CharField()
    points = serializers.IntegerField()
    usable_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Null: never.")
    reasons = Reason(many=True)


class MissedOffer(serializers.Serializer[None]):
    """An offer of the day and store that did not apply."""

    offer = serializers.CharField(help_text="Its code.")
    title = serializers.CharField()
    code = serializers.ChoiceField(choices=Why.values, help_text="Why not.")
    detail = serializers.CharField(help_text="The same in words, for the member.")
    missing = DecimalText(allow_null=True, help_text="The money to its minimum; null where money does not help.")


class Balance(serializers.Serializer[None]):
    available = serializers.IntegerField(min_value=0, help_text="Usable now.")
    pending = serializers.IntegerField(min_value=0, help_text="Not yet usable.")
    held = serializers.IntegerField(min_value=0, help_text="Reserved.")
    debt = serializers.IntegerField(min_value=0, help_text="Owed after a return.")


class Tier(serializers.Serializer[None]):
    code = serializers.CharField()
    name = serializers.CharField()
    valid_until = serializers.DateField(allow_null=True, help_text="Null at the lowest tier.")


class NextTier(serializers.Serializer[None]):
    code = serializers.CharField()
    name = serializers.CharField()
    missing = DecimalText(help_text="So much more, in the unit of the basis.")
    basis = serializers.ChoiceField(choices=Scheme.Basis.choices)


class MemberNumber(serializers.Serializer[None]):
    number = serializers.CharField()


class SaleAnswer(serializers.Serializer[None]):
    """What a purchase earned, and how the member stands after it."""

    purchase = serializers.UUIDField()
    receipt = serializers.CharField()
    claim_code = serializers.CharField(
        allow_null=True, help_text="Without member: print it, so that the receipt can be given to one later."
    )
    business_on = serializers.DateField()
    amount = DecimalText()
    currency = serializers.CharField()
    member = MemberNumber(allow_null=True)
    points = serializers.IntegerField(help_text="Of the main point type.")
    earned = Earned(many=True)
    missed_offers = MissedOffer(many=True)
    balance = Balance(allow_null=True, help_text="Of the main point type.")
    tier = Tier(allow_null=True)
    next_tier = NextTier(allow_null=True, help_text="Null at the highest tier, and without member.")
    replayed = serializers.BooleanField(help_text="The receipt was known before: nothing was recorded now.")


class PurchaseShort(serializers.Serializer[None]):
    purchase = serializers.UUIDField()
    receipt = serializers.CharField()
    terminal = serializers.CharField()
    business_on = serializers.DateField()
    occurred_at = serializers.DateTimeField()
    amount = DecimalText()
    currency = serializers.CharField()
    member = MemberNumber(allow_null=True)
    points = serializers.IntegerField(help_text="What it earned and was not taken back, of the main point type.")


class PurchaseLine(serializers.Serializer[None]):
    line = serializers.IntegerField(min_value=1, help_text="Its place on the receipt: returns name it.")
    sku = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    category = serializers.CharField(allow_blank=True)
    quantity = DecimalText()
    amount = DecimalText()
    returned = DecimalText(help_text="How much of the quantity was brought back.")


class Purchase(PurchaseShort):
    recorded_at = serializers.DateTimeField()
    channel = serializers.CharField()
    cashier = serializers.CharField(allow_blank=True)
    lines = PurchaseLine(many=True)
    earned = Earned(many=True, help_text="As it was booked at the sale.")
    missed_offers = MissedOffer(many=True)


class PurchasePage(serializers.Serializer[None]):
    items = serializers.ListField(child=PurchaseShort(), max_length=pages.MOST)
    next_cursor = serializers.CharField(allow_null=True, help_text="Null: this is the last page.")


class GoodsLine(Strict):
    line = serializers.IntegerField(min_value=1, max_value=bodies.MOST_LINES)
    quantity = DecimalText()


class Goods(Strict):
    number = serializers.CharField(max_length=40, help_text="The return's number: unique for the purchase.")
    occurred_at = serializers.DateTimeField(help_text="The till's clock, with offset.")
    lines = serializers.ListField(child=GoodsLine(), min_length=1, max_length=bodies.MOST_LINES)


class TakenBack(serializers.Serializer[None]):
    point_type = serializers.CharField()
    points = serializers.IntegerField(min_value=0)


class ReturnedLine(serializers.Serializer[None]):
    line = serializers.IntegerField()
    quantity = DecimalText()
    amount = DecimalText()


class VoucherGivenBack(serializers.Serializer[None]):
    reward = serializers.CharField(help_text="Its code.")
    name = serializers.CharField()
    points = serializers.IntegerField(
        min_value=0, help_text="0: the voucher can be used again. Else it had expired, and its points came back."
    )


class ReturnShort(serializers.Serializer[None]):
    uuid = serializers.UUIDField()
    number = serializers.CharField()
    terminal = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    amount = DecimalText(help_text="What was paid for these goods.")
    lines = ReturnedLine(many=True)
    taken_back = TakenBack(many=True)
    given_back = VoucherGivenBack(many=True)


class ReturnList(serializers.Serializer[None]):
    items = ReturnShort(many=True)


class ReturnAnswer(serializers.Serializer[None]):
    """What a return took back, and how the member stands after it."""

    uuid = serializers.UUIDField()
    number = serializers.CharField()
    purchase = serializers.UUIDField()
    amount = DecimalText(help_text="What was paid for these goods.")
    currency = serializers.CharField()
    member = MemberNumber(allow_null=True)
    points = serializers.IntegerField(min_value=0, help_text="Taken back, of the main point type.")
    taken_back = TakenBack(many=True)
    given_back = VoucherGivenBack(many=True, help_text="Vouchers used with the purchase, once all of it came back.")
    balance = Balance(allow_null=True, help_text="Of the main point type.")
    tier = Tier(allow_null=True)
    next_tier = NextTier(allow_null=True)
    replayed = serializers.BooleanField(help_text="The return was known before: nothing was recorded now.")


class Assignment(Strict):
    member = Identifier()
    claim_code = serializers.CharField(max_length=40, help_text="The code printed on the receipt.")


class Birthday(Strict):
    calendar = serializers.ChoiceField(
        choices=MemberRow.Calendar.choices, required=False, help_text="Solar when absent."
    )
    month = serializers.IntegerField(min_value=1, max_value=12)
    day = serializers.IntegerField(min_value=1, max_value=31)
    year = serializers.IntegerField(min_value=1900, max_value=2100, required=False, allow_null=True)
    is_leap_month = serializers.BooleanField(required=False)


class SaidYes(Strict):
    channel = serializers.ChoiceField(choices=Consent.Channel.choices)
    purpose = serializers.ChoiceField(choices=Consent.Purpose.choices)


class Enrolment(Strict):
    phone = serializers.CharField(max_length=bodies.LONGEST_PHONE, required=False, allow_null=True)
    email = serializers.CharField(max_length=bodies.LONGEST_IDENTIFIER, required=False, allow_null=True)
    external_id = serializers.CharField(max_length=80, required=False, allow_null=True)
    name = serializers.CharField(max_length=120, required=False, allow_null=True, allow_blank=True)
    language = serializers.ChoiceField(choices=bodies.LANGUAGES, required=False, allow_null=True)
    birthday = Birthday(required=False, allow_null=True)
    accepts_terms = serializers.BooleanField(
        required=False, help_text="The member accepted the terms and the privacy notice at the till."
    )
    consents = serializers.ListField(child=SaidYes(), required=False, max_length=bodies.MOST_CONSENTS)


class Member(serializers.Serializer[None]):
    """A member as tills see them: no more of the person than a cashier needs."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=MemberRow.Status.choices)
    name = serializers.CharField(allow_blank=True, help_text="Masked: the first letter of each part.")
    phone = serializers.CharField(allow_blank=True, help_text="Masked: the last four digits.")
    language = serializers.ChoiceField(choices=bodies.LANGUAGES)


class Enrolled(Member):
    is_new = serializers.BooleanField(help_text="False: somebody was enrolled already by what was given.")


class MemberWhole(Member):
    tier = Tier()
    next_tier = NextTier(allow_null=True, help_text="Null at the highest tier.")
    balance = Balance(help_text="Of the main point type.")


class DuePoints(serializers.Serializer[None]):
    at = serializers.DateTimeField()
    points = serializers.IntegerField(min_value=1)


class TypeBalance(Balance):
    point_type = serializers.CharField()
    maturing = DuePoints(many=True, help_text="When pending points become usable.")
    expiring = DuePoints(many=True, help_text="When points expire, soonest first.")


class Balances(serializers.Serializer[None]):
    number = serializers.CharField()
    balances = TypeBalance(many=True)


class PostingShort(serializers.Serializer[None]):
    number = serializers.IntegerField(min_value=1, help_text="Of the member's postings, without gaps.")
    kind = serializers.ChoiceField(choices=Posting.Kind.choices)
    points = serializers.IntegerField(help_text="What it did to the member's total.")
    occurred_at = serializers.DateTimeField()
    usable_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    reasons = Reason(many=True)


class PostingPage(serializers.Serializer[None]):
    items = serializers.ListField(child=PostingShort(), max_length=pages.MOST)
    next_cursor = serializers.CharField(allow_null=True, help_text="Null: this is the last page.")


class Pong(serializers.Serializer[None]):
    store = serializers.CharField()
    terminal = serializers.CharField()
    currency = serializers.CharField()
    time_zone = serializers.CharField()
    day_ends_at = serializers.IntegerField(min_value=0, max_value=12)
    business_on = serializers.DateField()
    oldest_receipt_days = serializers.IntegerField(min_value=0)
    now = serializers.DateTimeField()


class WrongField(serializers.Serializer[None]):
    pointer = serializers.CharField(required=False, allow_blank=True, help_text="JSON pointer into the body.")
    parameter = serializers.CharField(required=False, help_text="Or the parameter of the address.")
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer[None]):
    """RFC 9457: why the answer is no."""

    type = serializers.CharField(help_text="Where the code is explained.")
    title = serializers.CharField()
    status = serializers.IntegerField(min_value=400, max_value=599)
    detail = serializers.CharField(help_text="A sentence for the cashier, in the language asked for.")
    instance = serializers.CharField()  # type: ignore[assignment]  # DRF takes declared fields out of the class
    code = serializers.CharField(help_text="Stable: for programs.")
    request_id = serializers.CharField(help_text="Tell it to support.")
    errors = WrongField(many=True, required=False)  # type: ignore[assignment]
