"""The shapes of baskets and quotes, as the schema declares them."""

from rest_framework import serializers

from pos.api import bodies, quoting
from pos.api.shapes import (
    Balance,
    DecimalText,
    Earned,
    Identifier,
    MemberNumber,
    MissedOffer,
    NextTier,
    SaleLine,
    Strict,
    Tier,
)
from rewards.models import Reward


class Basket(Strict):
    currency = serializers.CharField(min_length=3, max_length=3, help_text="The programme's currency.")
    member = Identifier(required=False, allow_null=True, help_text="Absent: what somebody who enrols now would earn.")
    lines = serializers.ListField(child=SaleLine(), min_length=1, max_length=bodies.MOST_LINES)
    vouchers = serializers.ListField(
        child=serializers.CharField(max_length=quoting.LONGEST_CODE),
        required=False,
        allow_null=True,
        max_length=quoting.MOST_VOUCHERS,
        help_text="Codes of vouchers, as scanned or typed.",
    )


class QuotedLine(serializers.Serializer[None]):
    line = serializers.IntegerField(min_value=1)
    amount = DecimalText(help_text="What is left to pay for it: post the purchase with these.")


class VoucherProblem(serializers.Serializer[None]):
    code = serializers.CharField(help_text="As the use of it would be refused.")
    detail = serializers.CharField()


class QuotedVoucher(serializers.Serializer[None]):
    code = serializers.CharField(help_text="As you sent it.")
    applies = serializers.BooleanField()
    takes_off = DecimalText(help_text="Never more than is left. 0 for what is handed over.")
    reward = serializers.CharField(allow_null=True, help_text="Its code. Null: there is no such voucher.")
    name = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField(choices=Reward.Kind.choices, allow_null=True)
    problem = VoucherProblem(allow_null=True, help_text="Why it can't be used.")


class NamedTier(serializers.Serializer[None]):
    code = serializers.CharField()
    name = serializers.CharField()


class Quote(serializers.Serializer[None]):
    """What a basket would earn and cost, and how the member would stand."""

    currency = serializers.CharField()
    total = DecimalText(help_text="The sum of the lines as they came.")
    to_pay = DecimalText(help_text="After the vouchers.")
    lines = QuotedLine(many=True)
    vouchers = QuotedVoucher(many=True)
    member = MemberNumber(allow_null=True)
    points = serializers.IntegerField(help_text="It would earn, of the main point type.")
    earned = Earned(many=True)
    missed_offers = MissedOffer(many=True)
    balance = Balance(allow_null=True, help_text="Now, of the main point type.")
    worth = DecimalText(allow_null=True, help_text="Of the usable points, in money.")
    tier = Tier(allow_null=True, help_text="Held now.")
    rises_to = NamedTier(allow_null=True, help_text="The tier that the purchase would reach.")
    next_tier = NextTier(allow_null=True, help_text="What would come after it.")
