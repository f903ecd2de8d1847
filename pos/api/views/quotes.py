"""Quotes: what a basket would earn, and what vouchers would take off it. Nothing is written."""

from django.http import HttpResponse
from rest_framework.request import Request

from core import clock
from members import identity
from pos import quotes
from pos.api import operations, quoting
from pos.api.views.base import TillView, shown


class Quotes(TillView):
    """POST: price a basket. As often as you like: no key, and nothing is kept."""

    @operations.quote
    def post(self, request: Request) -> HttpResponse:
        programme, at = self.till.programme, clock.now()
        asked = quoting.basket(self.body, programme)
        member = self.member(asked.member) if asked.member else None
        if member:
            identity.require_active(member)
        priced = quotes.price(asked.lines, asked.vouchers, currency=programme.currency, at=at)
        quoted = quotes.quote(
            priced.lines,
            member.member_id if member else None,
            programme=programme,
            at=at,
            visit=quotes.here(self.till.store_code, self.till, at),
        )
        return shown(quoting.told(priced, quoted, member, programme))
