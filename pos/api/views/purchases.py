"""Purchases at the till: post, read, return goods, give a receipt to a member."""

from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from core import clock
from members import identity
from pos import assignment, pricing, purchases, queries, returns
from pos.api import answers, bodies, operations, pages, parameters
from pos.api.bodies import GoodsBack, Sale
from pos.api.views.base import TillView, answer, pointing_at_member, shown
from pos.api.views.outcome import after_purchase, after_return
from pos.idempotency import Answer
from pos.queries import Sold

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Purchases(TillView):
    """POST: record a purchase. GET: the store's purchases, latest first, in pages."""

    known_parameters = pages.PARAMETERS | {"receipt", "business_on"}

    @operations.record_purchase
    def post(self, request: Request) -> HttpResponse:
        sale = bodies.purchase(self.body, self.till.programme)
        return self.once(partial(self._record, sale))

    def _record(self, sale: Sale) -> Answer:
        till, at = self.till, clock.now()
        with pointing_at_member():
            receipt = sale.receipt(till, at)
            recorded = purchases.record_one(
                receipt,
                programme=till.programme,
                actor=till.actor,
                require=lambda new: bodies.check_age(new.occurred_at, till.programme, at),
            )
        status = HTTPStatus.OK if recorded.is_repeat else HTTPStatus.CREATED
        body = after_purchase(till, receipt, recorded, at)
        return answer(body, status=status, is_replay=recorded.is_repeat)

    @operations.purchases
    def get(self, request: Request) -> HttpResponse:
        wanted = pages.asked(request, parts=2)
        found = queries.purchases(
            self.till.store_id,
            limit=wanted.limit + 1,
            before=(EPOCH + wanted.after[0] * MICROSECOND, wanted.after[1]) if wanted.after else None,
            number=parameters.text(request, "receipt", bodies.LONGEST_RECEIPT),
            business_on=parameters.day(request, "business_on"),
        )
        return shown(pages.page(found, wanted, place=_place, show=answers.sold))


class Purchase(TillView):
    """GET: a purchase with its lines and what it earned."""

    @operations.purchase
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        found, programme = self.purchase(uuid), self.till.programme
        return shown(
            {
                **answers.sold(found),
                "recorded_at": found.recorded_at,
                "channel": found.channel,
                "cashier": found.cashier,
                "lines": [answers.sold_line(line, found.currency) for line in queries.lines(found.id)],
                "earned": answers.earned(queries.earned(found.id), programme),
                "missed_offers": answers.missed_offers(pricing.missed(programme, found.id), programme),
            }
        )


class Returns(TillView):
    """POST: record goods brought back. GET: what was brought back of a purchase."""

    @operations.record_return
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        body = bodies.goods_back(self.body)
        return self.once(partial(self._record, uuid, body))

    def _record(self, uuid: UUID, body: GoodsBack) -> Answer:
        till, at = self.till, clock.now()
        purchase = self.purchase(uuid)
        bodies.check_age(body.occurred_at, till.programme, at)
        brought = body.brought(till, purchase.id, at)
        (returned,) = returns.record([brought], programme=till.programme, actor=till.actor)
        status = HTTPStatus.OK if returned.is_repeat else HTTPStatus.CREATED
        return answer(after_return(till, purchase, brought, returned, at), status=status, is_replay=returned.is_repeat)

    @operations.returns
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        found = self.purchase(uuid)
        return shown({"items": [answers.brought_back(b, found.currency) for b in queries.returns(found.id)]})


class Assignment(TillView):
    """POST: give a receipt without member to one, by the code on it."""

    @operations.give_purchase
    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        identifier, code = bodies.assignment(self.body)
        return self.once(partial(self._give, uuid, identifier, code))

    def _give(self, uuid: UUID, identifier: dict[str, str], code: str) -> Answer:
        till, at = self.till, clock.now()
        purchase = self.purchase(uuid)
        assignment.check_code(purchase.claim_code, code)
        member = self.member(identifier)
        if purchase.member_id != member.member_id:  # a till that asks again is told what was done then
            identity.require_active(member)
        recorded = assignment.assign(purchase.id, member.member_id, programme=till.programme, at=at, actor=till.actor)
        recorded.member_number = member.number
        return answer(after_purchase(till, purchase, recorded, at), is_replay=recorded.is_repeat)


def _place(row: Sold) -> list[int]:
    return [(row.occurred_at - EPOCH) // MICROSECOND, row.id]
