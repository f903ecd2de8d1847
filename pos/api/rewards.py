"""Rewards and vouchers as tills send and are told them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.models import Programme
from members.identity import Found
from pos.api import answers
from pos.api.bodies import IDENTIFIERS, LONGEST_RECEIPT, identifier
from pos.api.reading import Errors, Fields
from rewards import catalogue, codes, proofs
from rewards.catalogue import Offering
from rewards.models import Voucher
from rewards.proofs import Kind, Proof, Sent

REDEMPTION = frozenset({"reward", "member", "proof"})
PROOF = frozenset({"kind", "value"})
SPENDING_CODE = frozenset({"member"})
USE = frozenset({"receipt"})
LONGEST_REWARD = 40
LONGEST_PROOF = 64
KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Redemption:
    """What a till sent to redeem a reward. `member`: by what they are known, None where their QR code says it."""

    reward: str
    member: dict[str, str] | None
    proof: Proof


def redemption(body: Any) -> Redemption:
    """A redemption. Raises InvalidBody."""
    errors = Errors()
    fields = Fields(body, REDEMPTION, errors)
    shown = fields.inner("proof", PROOF)
    found = Redemption(
        reward=fields.text("reward", LONGEST_REWARD),
        member=identifier(fields.inner("member", IDENTIFIERS)) if "member" in fields else None,
        proof=Proof(Kind(shown.choice("kind", KINDS)), shown.text("value", LONGEST_PROOF)),
    )
    if found.member is None and found.proof.kind != Kind.QR:
        fields.wrong("member", "required")
    errors.raise_any()
    if found.member is None and not proofs.number_in(found.proof.value):
        raise proofs.QrNotTaken
    return found


def spending_code(body: Any) -> dict[str, str]:
    """By what the member is known who shall be sent a code. Raises InvalidBody."""
    errors = Errors()
    found = identifier(Fields(body, SPENDING_CODE, errors).inner("member", IDENTIFIERS))
    errors.raise_any()
    return found


def use(body: Any) -> str | None:
    """The receipt that a voucher is used with, or whose use is taken back; None: not said. Raises InvalidBody."""
    errors = Errors()
    fields = Fields(body, USE, errors)
    found = fields.text("receipt", LONGEST_RECEIPT) if "receipt" in fields else None
    errors.raise_any()
    return found


def offering(found: Offering, programme: Programme) -> dict[str, Any]:
    """A reward, and what stands between it and the member."""
    reward = found.reward
    tier = reward.minimum_tier
    return {
        "reward": reward.code,
        "name": answers.words(catalogue.names(reward)),
        **_promise(reward.kind, reward.amount, reward.percent, programme),
        "worth": _amount(reward.worth, programme),
        "price": reward.price,
        "state": found.state.value,
        "missing": found.missing,
        "left": found.left,
        "tier": tier.code if tier else None,
        "begins_on": reward.begins_on,
        "ends_on": reward.ends_on,
    }


def voucher(found: Voucher, member: Found | None, programme: Programme, at: datetime) -> dict[str, Any]:
    """A voucher to whoever has its code. MEMBER: its member, when they are known already."""
    return {
        "code": found.code,
        "written": codes.written(found.code),
        "reward": found.reward.code,
        "name": answers.words(found.names),
        **_promise(found.kind, found.amount, found.percent, programme),
        "points": found.points,
        "member": answers.member(member or found.member),
        "state": found.state_at(at),
        "issued_at": found.issued_at,
        "expires_at": found.expires_at,
        "used_at": found.used_at,
        "store": found.store.code if found.store else None,
        "receipt": found.receipt or None,
        "supplied_code": found.supplied_code or None,
    }


def sent(found: Sent) -> dict[str, Any]:
    """A code that is on its way to a member."""
    return {"channel": found.channel, "address": found.address, "expires_at": found.expires_at}


def _promise(kind: str, amount: Decimal | None, percent: int | None, programme: Programme) -> dict[str, Any]:
    return {
        "kind": kind,
        "amount": _amount(amount, programme),
        "percent": percent,
        "currency": programme.currency,
    }


def _amount(value: Decimal | None, programme: Programme) -> str | None:
    return None if value is None else answers.amount(value, programme.currency)
