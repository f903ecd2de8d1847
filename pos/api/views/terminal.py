"""The terminal itself: whether its key works; and addresses where nothing is."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request

from core import clock
from pos.api import operations, problems
from pos.api.views.base import TillView, shown


class Ping(TillView):
    """GET: whether the key works, and what the till must know of the programme."""

    @operations.ping
    def get(self, request: Request) -> HttpResponse:
        till = self.till
        return shown(
            {
                "store": till.store_code,
                "terminal": till.terminal_code,
                "currency": till.programme.currency,
                "time_zone": till.time_zone,
                "day_ends_at": till.day_ends_at,
                "business_on": clock.business_date(clock.now(), till),
                "oldest_receipt_days": till.programme.oldest_receipt_days,
                "now": clock.now(),
            }
        )


@csrf_exempt
def nothing(request: HttpRequest, *args: object) -> HttpResponse:
    """Nothing is at this address."""
    return problems.response(problems.NotFound(), request)
