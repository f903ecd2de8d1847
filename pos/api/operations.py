"""Each operation in words, for the schema: what it does, what a repeat does, what it refuses."""

from drf_spectacular.utils import OpenApiParameter

from members.birthdays import NoSuchDay, NoSuchLeapMonth, NotBornYet
from members.consent import BelowAgeOfConsent
from members.contacts import InvalidEmail, InvalidPhone, InvalidText
from members.enrolment import BelongsToAnother, ContactMissing
from members.identity import CardReplaced, InvalidNumber, MemberClosed, MemberSuspended, UnknownMember
from pos.api import examples, shapes
from pos.api.problems import NotFound
from pos.api.schema import CURSOR, reads, writes
from pos.assignment import AlreadyGiven, WrongClaimCode
from pos.purchases import ReceiptConflict
from pos.returns import BeforePurchase, MoreThanBought, NotOnReceipt, ReturnConflict

NAMED = (InvalidNumber, InvalidPhone, InvalidEmail, InvalidText, UnknownMember, CardReplaced)
MEMBERS = "Members"

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
    "not told before is filled in, nothing else is changed.",
    body=shapes.Enrolment,
    bodies={"With a solar birthday": examples.ENROLMENT, "With a lunar birthday": examples.LUNAR_ENROLMENT},
    answer=shapes.Enrolled,
    answers={201: examples.ENROLLED, 200: {**examples.ENROLLED, "is_new": False}},
    refuses=(
        ContactMissing, InvalidPhone, InvalidEmail, InvalidText, NoSuchDay, NoSuchLeapMonth, NotBornYet,
        BelongsToAnother, BelowAgeOfConsent, MemberClosed,
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
    parameters=[
        OpenApiParameter("number", str, description="The member number: what the card's QR code says."),
        OpenApiParameter("phone", str, description="As dialled in the programme's country, or with + and country."),
        OpenApiParameter("email", str),
        OpenApiParameter("external_id", str),
    ],
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
    refuses=(ReceiptConflict, *NAMED, MemberSuspended, MemberClosed),
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
    "earned at the sale; the rest is taken back, from usable points first and then as debt. A return counts once for "
    "its purchase and number.",
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
