"""The shapes of rewards and vouchers, as the schema declares them."""

from rest_framework import serializers

from members.models import Consent
from pos.api import rewards
from pos.api.bodies import LONGEST_RECEIPT
from pos.api.shapes import Balance, DecimalText, Identifier, Member, Strict
from rewards.catalogue import State
from rewards.models import Reward as RewardRow
from rewards.models import Voucher as VoucherRow
from rewards.proofs import Kind

STATES = [(state.value, state.value) for state in State]
PROOFS = [(kind.value, kind.value) for kind in Kind]


class Promise(serializers.Serializer[None]):
    """What a reward or a voucher gives."""

    kind = serializers.ChoiceField(choices=RewardRow.Kind.choices)
    amount = DecimalText(allow_null=True, help_text="Of `amount_off`: so much is taken off the receipt.")
    percent = serializers.IntegerField(
        min_value=1, max_value=100, allow_null=True, help_text="Of `percent_off`: so much is taken off the receipt."
    )
    currency = serializers.CharField()


class Offering(Promise):
    reward = serializers.CharField(help_text="Its code.")
    name = serializers.CharField()
    worth = DecimalText(allow_null=True, help_text="Of a gift or an experience: its price in the shop.")
    price = serializers.IntegerField(min_value=1, help_text="In points of the main type.")
    state = serializers.ChoiceField(
        choices=STATES,
        help_text="What stands between the member and the reward; `affordable`: nothing does.",
    )
    missing = serializers.IntegerField(min_value=0, help_text="Points that are missing to its price.")
    left = serializers.IntegerField(min_value=0, allow_null=True, help_text="Up to 100. Null: without limit.")
    tier = serializers.CharField(allow_null=True, help_text="The code of the lowest tier it is for.")
    begins_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)


class Offerings(serializers.Serializer[None]):
    number = serializers.CharField()
    balance = Balance(help_text="Of the main point type.")
    items = Offering(many=True)


class Shown(Strict):
    kind = serializers.ChoiceField(choices=PROOFS)
    value = serializers.CharField(
        max_length=rewards.LONGEST_PROOF,
        help_text="`qr`: what the QR code on the member's phone says. `code`: the code that was sent to them. "
        "`pin`: their PIN.",
    )


class Redemption(Strict):
    reward = serializers.CharField(max_length=rewards.LONGEST_REWARD, help_text="Its code.")
    member = Identifier(required=False, allow_null=True, help_text="May be left out with a `qr`, which names them.")
    proof = Shown()


class Voucher(Promise):
    code = serializers.CharField(help_text="Sixteen characters: what its QR code says.")
    written = serializers.CharField(help_text="The code in groups of four, to print.")
    reward = serializers.CharField()
    name = serializers.CharField(help_text="As it was called when it was redeemed.")
    points = serializers.IntegerField(min_value=0, help_text="What it cost; 0 for a present.")
    member = Member()
    state = serializers.ChoiceField(choices=VoucherRow.State.choices)
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    used_at = serializers.DateTimeField(allow_null=True)
    store = serializers.CharField(allow_null=True, help_text="Where it was used.")
    receipt = serializers.CharField(allow_null=True, help_text="With which receipt.")
    supplied_code = serializers.CharField(allow_null=True, help_text="A supplier's code that came with it.")


class Redeemed(serializers.Serializer[None]):
    voucher = Voucher()
    available = serializers.IntegerField(min_value=0, help_text="The member's usable points, after it.")
    replayed = serializers.BooleanField(help_text="It was redeemed before, under the same key.")


class Use(Strict):
    receipt = serializers.CharField(
        max_length=LONGEST_RECEIPT, required=False, allow_null=True, help_text="The receipt it was used with."
    )


class Unuse(Strict):
    receipt = serializers.CharField(
        max_length=LONGEST_RECEIPT,
        required=False,
        allow_null=True,
        help_text="With it, only the use with this receipt is taken back.",
    )


class UsedVoucher(Voucher):
    replayed = serializers.BooleanField(help_text="It was used before, with the same receipt of the same till.")


class SpendingCode(Strict):
    member = Identifier()


class SentCode(serializers.Serializer[None]):
    channel = serializers.ChoiceField(choices=Consent.Channel.choices)
    address = serializers.CharField(help_text="Masked.")
    expires_at = serializers.DateTimeField()
