"""The addresses of `/till/`."""

from django.urls import path, register_converter

from pos.till import drafts
from pos.till.views import entry, giving, members, paying, receipts, redeeming, returning, sale


class Token:
    """What a sale's address has in common with its receipt: the number."""

    regex = drafts.TOKEN.pattern

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Token, "token")

urlpatterns = [
    path("", entry.start, name="start"),
    path("terminal/", entry.choose, name="terminal"),
    path("sale/", entry.new, name="new"),
    path("sale/<token:token>/", sale.sale, name="sale"),
    path("sale/<token:token>/scan/", sale.scan, name="scan"),
    path("sale/<token:token>/add/", sale.add, name="add"),
    path("sale/<token:token>/other/", sale.other, name="other"),
    path("sale/<token:token>/change/", sale.change, name="change"),
    path("sale/<token:token>/voucher/", sale.voucher, name="voucher"),
    path("sale/<token:token>/discard/", sale.discard, name="discard"),
    path("sale/<token:token>/member/", members.member, name="member"),
    path("sale/<token:token>/enrol/", members.enrol, name="enrol"),
    path("sale/<token:token>/rewards/", redeeming.shelf, name="rewards"),
    path("sale/<token:token>/rewards/<slug:reward>/", redeeming.redeem, name="redeem"),
    path("sale/<token:token>/redeemed/<token:ask>/", redeeming.voucher, name="redeemed"),
    path("sale/<token:token>/pay/", paying.pay, name="pay"),
    path("receipts/", receipts.find, name="receipts"),
    path("receipts/<uuid:uuid>/", receipts.receipt, name="receipt"),
    path("receipts/<uuid:uuid>/return/", returning.take_back, name="return"),
    path("receipts/<uuid:uuid>/give/", giving.give, name="give"),
]
