"""What a scanner reads or a cashier types: a member, a voucher; else goods."""

import re

from core.errors import LoyaltyError
from core.models import Programme
from members import contacts, identity, numbers
from members.identity import Found
from rewards import codes, proofs, vouchers
from rewards.models import Voucher

# Digits as phones are written; letters make it something else.
PHONE = re.compile(r"[+＋]?[\d\s().\-]{6,30}")
LONGEST = 254


def looks_like_number(text: str) -> bool:
    """Whether TEXT is a member number, by length and check digit."""
    return numbers.is_valid(numbers.plain(text))


def is_phone(text: str, programme: Programme) -> bool:
    """Whether TEXT may be a phone number here."""
    if not PHONE.fullmatch(text):
        return False
    try:
        contacts.phone(text, programme.country)
    except contacts.InvalidPhone:
        return False
    return True


def member(text: str, programme: Programme) -> Found:
    """The member known by TEXT: a number, a phone, an e-mail, an external id, or the QR code that they spend by.

    Raises what identity.find raises.
    """
    if number := proofs.number_in(text):
        return identity.find(number=number)
    if "@" in text:
        return identity.find(email=text)
    if looks_like_number(text):
        return identity.find(number=text)
    if is_phone(text, programme):
        return identity.find(phone=text, country=programme.country)
    if any(character.isdigit() for character in text) and not any(character.isalpha() for character in text):
        return identity.find(number=text)  # mistyped: the check digit says so
    return identity.find(external_id=text)


def member_or_none(text: str, programme: Programme) -> Found | None:
    """The active member that TEXT names for sure: by number, phone or e-mail. None when it may be anything else.

    Raises CardReplaced, MemberSuspended, MemberClosed: then it is one, and can't take part.
    """
    if not ("@" in text or looks_like_number(text) or proofs.number_in(text) or is_phone(text, programme)):
        return None
    try:
        found = member(text, programme)
    except identity.CardReplaced:
        raise
    except LoyaltyError:
        return None
    identity.require_active(found)
    return found


def voucher_or_none(text: str) -> Voucher | None:
    """The voucher whose code TEXT is, in whatever state; None when it is no such code.

    Raises InvalidVoucherCode for what has its length and is no number, UnknownVoucher.
    """
    plain = codes.plain(text)
    if len(plain) != codes.LENGTH or not plain.isalnum():
        return None
    if plain.isdecimal() and not codes.is_valid(plain):
        return None
    return vouchers.find(plain)
