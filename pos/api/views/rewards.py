"""Rewards at the till: what a member may redeem, redeeming it, and the vouchers members bring."""

from functools import partial
from http import HTTPStatus

from django.http import HttpResponse
from rest_framework.request import Request

from core import clock
from core.errors import LoyaltyError
from members import identity
from members.identity import Found
from members.models import Member
from points import queries
from pos.api import answers, bodies, operations, problems
from pos.api import rewards as told
from pos.api.rewards import Redemption
from pos.api.views.base import TillView, answer, key_of, shown
from pos.api.views.members import MemberView
from pos.idempotency import Answer
from rewards import catalogue, proofs, redemption, vouchers
from sales.models import Store


class Rewards(MemberView):
    """GET: the catalogue as it stands for a member."""

    known_parameters = bodies.IDENTIFIERS

    @operations.rewards
    def get(self, request: Request) -> HttpResponse:
        found, at, programme = self.named(request), clock.now(), self.till.programme
        balance = queries.balance(found.member_id, at)
        offered = catalogue.offerings(found.member_id, at=at, programme=programme, available=balance.available)
        return shown(
            {
                "number": found.number,
                "balance": answers.balance(balance),
                "items": [told.offering(each, programme) for each in offered],
            }
        )


class Redemptions(TillView):
    """POST: redeem a reward for a member who proves that it is them."""

    @operations.redeem
    def post(self, request: Request) -> HttpResponse:
        body = told.redemption(self.body)
        return self.once(partial(self._redeem, body))

    def _redeem(self, body: Redemption) -> Answer:
        till, at = self.till, clock.now()
        member = self._member(body)
        identity.require_active(member)
        if refusal := proofs.check(member.member_id, body.proof, at=at):
            # Kept under the key, and not raised: a wrong try counts.
            return problems.refused(refusal, self.request)
        redeemed = redemption.redeem(
            member.member_id,
            body.reward,
            token=f"{till.actor}:{key_of(self.request)}",
            at=at,
            actor=till.actor,
            programme=till.programme,
        )
        status = HTTPStatus.OK if redeemed.is_repeat else HTTPStatus.CREATED
        return answer(
            {
                "voucher": told.voucher(redeemed.voucher, member, till.programme, at),
                "available": redeemed.available,
                "replayed": redeemed.is_repeat,
            },
            status=status,
            is_replay=redeemed.is_repeat,
        )

    def _member(self, body: Redemption) -> Found:
        if body.member is not None:
            return self.member(body.member)
        try:
            return identity.find(number=proofs.number_in(body.proof.value))
        except LoyaltyError as refusal:
            refusal.details["pointer"] = "/proof/value"
            raise


class SpendingCodes(TillView):
    """POST: send a member a code by which they prove that it is them."""

    @operations.send_spending_code
    def post(self, request: Request) -> HttpResponse:
        identifier = told.spending_code(self.body)
        return self.once(partial(self._send, identifier))

    def _send(self, identifier: dict[str, str]) -> Answer:
        found = self.member(identifier)
        identity.require_active(found)
        member = Member.objects.get(pk=found.member_id)
        store = Store.objects.get(pk=self.till.store_id)
        sent = proofs.send_code(member, at=clock.now(), place=store.name)
        return answer(told.sent(sent), status=HTTPStatus.CREATED)


class Voucher(TillView):
    """GET: a voucher by its code."""

    @operations.voucher
    def get(self, request: Request, code: str) -> HttpResponse:
        return shown(told.voucher(vouchers.find(code), None, self.till.programme, clock.now()))


class Use(TillView):
    """POST: use a voucher, once."""

    @operations.use_voucher
    def post(self, request: Request, code: str) -> HttpResponse:
        receipt = told.use(self.body)
        return self.once(partial(self._use, code, receipt))

    def _use(self, code: str, receipt: str | None) -> Answer:
        till, at = self.till, clock.now()
        used = vouchers.use(
            code, store_id=till.store_id, terminal_id=till.terminal_id, at=at, actor=till.actor, receipt=receipt or ""
        )
        body = {**told.voucher(used.voucher, None, till.programme, at), "replayed": used.is_repeat}
        return answer(body, is_replay=used.is_repeat)


class Unuse(TillView):
    """POST: take back a use of the last hour."""

    @operations.unuse_voucher
    def post(self, request: Request, code: str) -> HttpResponse:
        receipt = told.use(self.body)
        return self.once(partial(self._unuse, code, receipt))

    def _unuse(self, code: str, receipt: str | None) -> Answer:
        till, at = self.till, clock.now()
        voucher = vouchers.unuse(code, store_id=till.store_id, at=at, actor=till.actor, receipt=receipt)
        return answer({**told.voucher(voucher, None, till.programme, at), "replayed": False})
