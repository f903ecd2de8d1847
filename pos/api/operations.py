"""Each operation in words, for the schema: what it does, what a repeat does, what it refuses."""

from drf_spectacular.utils import OpenApiParameter

from campaigns.referrals import InvalidReferralCode, NoReferrals, UnknownReferralCode
from members.birthdays import NoSuchDay, NoSuchLeapMonth, NotBornYet
from members.consent import BelowAgeOfConsent
from members.contacts import InvalidEmail, InvalidPhone, InvalidText
from members.enrolment import BelongsToAnother, ContactMissing
from members.identity import CardReplaced, InvalidNumber, MemberClosed, MemberSuspended, UnknownMember
from points.earning import TooManyPoints
from points.ledger import InsufficientPoints
from pos.api import examples, quote_shapes, reward_examples, reward_shapes, shapes
from pos.api.problems import NotFound
from pos.api.schema import CURSOR, asks, reads, writes
from pos.assignment import AlreadyGiven, WrongClaimCode
from pos.purchases import PurchaseTooLarge, ReceiptConflict
from pos.returns import BeforePurchase, MoreThanBought, NotOnReceipt, ReturnConflict
from rewards.catalogue import LimitReached, RewardEnded, RewardNotYet, RewardSoldOut, TierTooLow, UnknownReward
from rewards.proofs import CodeWrong, NoAddress, PinLocked, PinNotSet, PinWrong, QrNotTaken, TooManyCodes
from rewards.redemption import NoPoints, RedemptionConflict
from rewards.vouchers import (
    InvalidVoucherCode,
    UnknownVoucher,
    UseStands,
    VoucherCancelled,
    VoucherExpired,
    VoucherNotUsed,
    VoucherUsed,
)

NAMED = (InvalidNumber, InvalidPhone, InvalidEmail, InvalidText, UnknownMember, CardReplaced)
MEMBERS = "Members"
REWARDS = "Rewards"
IDENTIFYING = [
    OpenApiParameter("number", str, description="The member number: what the card's QR code says."),
    OpenApiParameter("phone", str, description="As dialled in the programme's country, or with + and country."),
    OpenApiParameter("email", str),
    OpenApiParameter("external_id", str),
]

ping = reads(
    "ping",
    "Check the key",
    "Answers who the terminal is, the programme's currency and its business date, so that a till can compare clocks.",
    answer=shapes.Pong,
    example=examples.PONG,
    tag="Terminal",
)
enrol = writes(
    "enrol_member",
    "Enrol a member",
    "One of phone, e-mail and external id is enough. Somebody who is enrolled already is found (200): what they have "
    "not told before is filled in, nothing else is changed. A `referral_code` notes who invited them, for who is new; "
    "both get points after a first purchase. With a wrong code nobody is enrolled: ask again, or leave it out.",
    body=shapes.Enrolment,
    bodies={"With a solar birthday": examples.ENROLMENT, "With a lunar birthday": examples.LUNAR_ENROLMENT,
            "Invited by a member": examples.INVITED_ENROLMENT},
    answer=shapes.Enrolled,
    answers={201: examples.ENROLLED, 200: {**examples.ENROLLED, "is_new": False}},
    refuses=(
        ContactMissing, InvalidPhone, InvalidEmail, InvalidText, NoSuchDay, NoSuchLeapMonth, NotBornYet,
        BelongsToAnother, BelowAgeOfConsent, MemberClosed, InvalidReferralCode, UnknownReferralCode, NoReferrals,
    ),
    tag=MEMBERS,
)  # fmt: skip
lookup = reads(
    "find_member",
    "Find a member",
    "By exactly one of number, phone, email and external_id. The number may hold blanks, as it is printed.",
    answer=shapes.MemberWhole,
    example=examples.MEMBER_WHOLE,
    refuses=NAMED,
    parameters=IDENTIFYING,
    tag=MEMBERS,
)
member = reads(
    "read_member",
    "Read a member",
    "With tier, what is missing to the next, and balance.",
    answer=shapes.MemberWhole,
    example=examples.MEMBER_WHOLE,
    refuses=(InvalidNumber, UnknownMember, CardReplaced),
    tag=MEMBERS,
)
balance = reads(
    "read_balance",
    "Read a member's balance",
    "For each point type, and when pending points become usable and usable ones expire.",
    answer=shapes.Balances,
    example=examples.BALANCES,
    refuses=(InvalidNumber, UnknownMember, CardReplaced),
    tag=MEMBERS,
)
postings = reads(
    "list_postings",
    "List what happened to a member's points",
    "Latest first, of the main point type, each with its reasons.",
    answer=shapes.PostingPage,
    example=examples.POSTINGS,
    refuses=(InvalidNumber, UnknownMember, CardReplaced),
    parameters=CURSOR,
    tag=MEMBERS,
)
quote = asks(
    "quote_basket",
    "Price a basket",
    "What it would earn, each grant with its reason, what vouchers would take off it, and where the member would "
    "stand. Nothing is written, so no key is needed: ask with every line. The purchase earns what was quoted, unless "
    "rules or the member's tier change in between. A voucher that can't be used doesn't fail the quote: its `problem` "
    "says why.",
    body=quote_shapes.Basket,
    bodies={"With a voucher": examples.BASKET, "Without member": examples.ANONYMOUS_BASKET},
    answer=quote_shapes.Quote,
    example=examples.QUOTE,
    refuses=(*NAMED, MemberSuspended, MemberClosed),
)
record_purchase = writes(
    "record_purchase",
    "Record a purchase",
    "A receipt counts once for its store, terminal, business date and number, under whatever key it comes: the same "
    "contents again answer 200 with `replayed`, other contents are a `receipt_conflict`. Knowing a member's phone "
    "number is enough to accrue. When a member can't take part (`member_suspended`, `member_closed`, "
    "`card_replaced`, `unknown_member`), nothing is recorded: send the sale without member, under a new key.",
    body=shapes.Sale,
    bodies={"For a member": examples.SALE, "Without member": examples.ANONYMOUS_SALE},
    answer=shapes.SaleAnswer,
    answers={201: examples.SALE_ANSWER, 200: examples.SALE_KNOWN},
    refuses=(ReceiptConflict, PurchaseTooLarge, TooManyPoints, *NAMED, MemberSuspended, MemberClosed),
)
purchases = reads(
    "list_purchases",
    "List the store's purchases",
    "Latest first.",
    answer=shapes.PurchasePage,
    example=examples.PAGE,
    parameters=[
        *CURSOR,
        OpenApiParameter("receipt", str, description="Only the receipt with this number."),
        OpenApiParameter(
            "business_on",
            {"type": "string", "format": "date"},
            description="Only this business date.",
        ),
    ],
)
purchase = reads(
    "read_purchase",
    "Read a purchase",
    "With its lines and what it earned. Of the terminal's own store only.",
    answer=shapes.Purchase,
    example=examples.WHOLE,
    refuses=(NotFound,),
)
record_return = writes(
    "record_return",
    "Record goods brought back",
    "By line and quantity of a purchase of the own store. The member keeps what the goods they keep would have "
    "earned at the sale; the rest is taken back, from usable points first and then as debt. When the last of a "
    "purchase comes back, the vouchers that took something off it go back to their members: ready to be used again, "
    "or, where one has expired meanwhile, as its points. A return counts once for its purchase and number.",
    body=shapes.Goods,
    bodies={"Two of the first line": examples.GOODS},
    answer=shapes.ReturnAnswer,
    answers={201: examples.RETURN_ANSWER, 200: {**examples.RETURN_ANSWER, "replayed": True}},
    refuses=(BeforePurchase, NotFound, NotOnReceipt, MoreThanBought, ReturnConflict),
)
returns = reads(
    "list_returns",
    "List what was brought back of a purchase",
    "In the order it was recorded.",
    answer=shapes.ReturnList,
    example=examples.RETURNS,
    refuses=(NotFound,),
)
give_purchase = writes(
    "give_purchase",
    "Give a receipt to a member",
    "A sale without member is given to one later, once, by the code printed on it. It earns by the rules of its own "
    "moment, for the goods not brought back meanwhile.",
    body=shapes.Assignment,
    bodies={"By member number": examples.ASSIGNMENT},
    answer=shapes.SaleAnswer,
    answers={200: examples.SALE_ANSWER},
    refuses=(NotFound, WrongClaimCode, AlreadyGiven, *NAMED, MemberSuspended, MemberClosed),
)
rewards = reads(
    "list_rewards",
    "List what a member may redeem",
    "The catalogue as it stands for one member: the price of each reward, how many points are missing, and what else "
    "stands between: the tier, the date, the stock, the limit per member.",
    answer=reward_shapes.Offerings,
    example=reward_examples.REWARDS,
    refuses=NAMED,
    parameters=IDENTIFYING,
    tag=REWARDS,
)
redeem = writes(
    "redeem_reward",
    "Redeem a reward",
    "Points, stock and voucher in one step, or nothing. The member must prove that it is them: by the QR code on "
    "their phone, which changes every half minute and is taken once; by a code that was sent to them (see "
    "`/api/v1/spending-codes`); or by their PIN. A wrong proof counts, and its answer is kept under the key: try the "
    "next one under a new key. The same key never charges twice, for ever.",
    body=reward_shapes.Redemption,
    bodies={"By the QR code": reward_examples.REDEMPTION, "By phone and PIN": reward_examples.BY_PIN},
    answer=reward_shapes.Redeemed,
    answers={201: reward_examples.REDEEMED, 200: {**reward_examples.REDEEMED, "replayed": True}},
    refuses=(
        UnknownReward, RewardNotYet, RewardEnded, RewardSoldOut, TierTooLow, LimitReached, InsufficientPoints,
        RedemptionConflict, NoPoints, QrNotTaken, CodeWrong, PinWrong, PinLocked, PinNotSet,
        *NAMED, MemberSuspended, MemberClosed,
    ),
    tag=REWARDS,
)  # fmt: skip
send_spending_code = writes(
    "send_spending_code",
    "Send a member a code",
    "By SMS, else by e-mail. The member reads it out, and it proves that it is them, once, within ten minutes. A new "
    "code voids the one before; a member is sent five within an hour at most.",
    body=reward_shapes.SpendingCode,
    bodies={"By phone": reward_examples.SPENDING_CODE},
    answer=reward_shapes.SentCode,
    answers={201: reward_examples.SENT_CODE},
    refuses=(NoAddress, TooManyCodes, *NAMED, MemberSuspended, MemberClosed),
    tag=REWARDS,
)
voucher = reads(
    "read_voucher",
    "Check a voucher",
    "By its code, with or without dashes, in capitals or not. `state` says whether it can be used; nothing is changed.",
    answer=reward_shapes.Voucher,
    example=reward_examples.VOUCHER,
    refuses=(InvalidVoucherCode, UnknownVoucher),
    tag=REWARDS,
)
use_voucher = writes(
    "use_voucher",
    "Use a voucher",
    "Once, anywhere. Its own code is the proof: nothing else is asked. The same receipt of the same till is told that "
    "it was used with it, under whatever key it asks.",
    body=reward_shapes.Use,
    bodies={"With a receipt": reward_examples.USE},
    answer=reward_shapes.UsedVoucher,
    answers={200: reward_examples.USED},
    refuses=(
        InvalidVoucherCode, UnknownVoucher, VoucherUsed, VoucherCancelled, VoucherExpired, MemberSuspended,
        MemberClosed,
    ),
    tag=REWARDS,
)  # fmt: skip
unuse_voucher = writes(
    "unuse_voucher",
    "Take back the use of a voucher",
    "Within an hour, in the store where it was used: for a sale that fell through. The voucher is then ready again.",
    body=reward_shapes.Unuse,
    bodies={"With its receipt": reward_examples.UNUSE},
    answer=reward_shapes.UsedVoucher,
    answers={200: reward_examples.UNUSED},
    refuses=(InvalidVoucherCode, UnknownVoucher, VoucherNotUsed, UseStands),
    tag=REWARDS,
)
