"""The requests that the page shows are those that a till would send: sent, they do the same."""

import json
import re
from html import unescape
from typing import Any

from sales.models import Purchase
from tests import factories
from tests.factories import Shop
from tests.pos.till import Till, Told
from tests.pos.till_page.counter import Counter, receipt_of


def calls(counter: Counter) -> dict[str, str]:
    """The requests shown, by operation."""
    found = re.findall(
        r"<figcaption><code>(\w+)</code></figcaption>\s*<pre[^>]*><code>(.*?)</code>", counter.html, re.DOTALL
    )
    return {operation: unescape(shown) for operation, shown in found}


def sent(till: Till, shown: str, **changes: Any) -> Told:
    """Send a request as it is shown, as a shell would read it."""
    address = re.search(r"https?://testserver/api/v1/([^\s\"]+)", shown)
    assert address
    body = re.search(r"-d '(.*)'$", shown, re.DOTALL)
    if body is None:
        path, _, query = address[1].partition("?")
        return till.get(path, **dict(pair.split("=") for pair in query.split("&") if pair))
    return till.post(address[1], {**json.loads(body[1].replace("'\\''", "'")), **changes})


def test_the_sale_as_a_request_earns_the_same(counter: Counter, till: Till) -> None:
    ada = factories.member()
    counter.scan("MUG-1")
    counter.scan("LAN-1")
    counter.press("other", name='Children\'s "lamp" <灯>', price="3.20", quantity="2", category="lights", sku="")
    counter.member(ada)

    shown = calls(counter)
    assert list(shown) == ["find_member", "record_purchase"]
    assert sent(till, shown["find_member"]).body["number"] == ada.number
    answer = sent(till, shown["record_purchase"])

    assert (answer.status, answer.body["points"], answer.body["amount"]) == (201, 22, "22.90")
    counter.pay()
    first, second = Purchase.objects.order_by("id")
    assert (first.number, first.amount, first.cashier) == (second.number, second.amount, second.cashier)
    columns = ("sku", "name", "category", "quantity", "amount")
    assert list(first.lines.values_list(*columns)) == list(second.lines.values_list(*columns))


def test_the_return_as_a_request_takes_the_same(counter: Counter, till: Till) -> None:
    sold = counter.sell("MUG-1", "LAN-1", to=factories.member())
    counter.fill_in(f"{receipt_of(sold.uuid)}return/", **{"line-2": "1"})

    answer = sent(till, calls(counter)["record_return"])

    assert (answer.status, answer.body["points"], answer.body["amount"]) == (201, 12, "12.00")


def test_giving_as_a_request(counter: Counter, till: Till) -> None:
    sold = counter.sell("LAN-1")
    counter.fill_in(f"{receipt_of(sold.uuid)}give/", who=factories.member().number, code=sold.claim_code)

    answer = sent(till, calls(counter)["give_purchase"])

    assert (answer.status, answer.body["points"]) == (200, 12)


def test_reading_and_enrolling_as_requests(counter: Counter, till: Till, shop: Shop) -> None:
    sold = counter.sell("LAN-1")

    counter.open(receipt_of(sold.uuid))
    assert sent(till, calls(counter)["read_purchase"]).body["receipt"] == sold.number
    counter.press("enrol", begin="1", who="07700 900456")
    answer = sent(till, calls(counter)["enrol_member"], name="Grace")
    assert (answer.status, answer.body["phone"]) == (201, "***0456")
