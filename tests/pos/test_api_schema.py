"""The OpenAPI description holds: it is valid, its examples fit, real answers fit, every code is documented."""

import io
import json
import pkgutil
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from core import clock
from core.errors import LoyaltyError
from core.models import Programme
from members.models import Member
from pos.api import bodies, quoting, reading, rewards, schema
from pos.api.views import base
from rewards import proofs
from tests import factories
from tests.pos.till import NOON, Till, sale

# What is asked by POST and writes nothing.
ASKED = {"quote_basket"}
ROOT = Path(__file__).parents[2]


@cache
def description() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def check(value: Any, shape: dict[str, Any]) -> None:
    Draft202012Validator({**shape, "components": description()["components"]}).validate(value)


def test_the_schema_is_valid_and_without_warnings() -> None:
    out, err = io.StringIO(), io.StringIO()

    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out, stderr=err)

    assert out.getvalue().startswith("openapi: 3.1.0")
    assert err.getvalue() == ""


def test_every_operation_is_described() -> None:
    assert sorted((path, method) for path, method, _operation in operations()) == [
        ("/api/v1/members", "post"),
        ("/api/v1/members/lookup", "get"),
        ("/api/v1/members/{number}", "get"),
        ("/api/v1/members/{number}/balance", "get"),
        ("/api/v1/members/{number}/postings", "get"),
        ("/api/v1/ping", "get"),
        ("/api/v1/purchases", "get"),
        ("/api/v1/purchases", "post"),
        ("/api/v1/purchases/{uuid}", "get"),
        ("/api/v1/purchases/{uuid}/member", "post"),
        ("/api/v1/purchases/{uuid}/returns", "get"),
        ("/api/v1/purchases/{uuid}/returns", "post"),
        ("/api/v1/quotes", "post"),
        ("/api/v1/redemptions", "post"),
        ("/api/v1/rewards", "get"),
        ("/api/v1/spending-codes", "post"),
        ("/api/v1/vouchers/{code}", "get"),
        ("/api/v1/vouchers/{code}/unuse", "post"),
        ("/api/v1/vouchers/{code}/use", "post"),
    ]
    for path, method, operation in operations():
        assert operation["summary"], (path, method)
        assert operation["description"], (path, method)
        assert operation["security"] == [{"terminal_key": []}], (path, method)


def test_every_request_and_answer_has_examples_that_fit() -> None:
    for path, method, operation in operations():
        contents = [answer["content"] for answer in operation["responses"].values()]
        if method == "post":
            contents.append(operation["requestBody"]["content"])
        for content in contents:
            for media in content.values():
                assert media["examples"], (path, method)
                for example in media["examples"].values():
                    check(example["value"], media["schema"])


def _of_post(method: str, operation: dict[str, Any]) -> set[str]:
    """The statuses that a POST may always answer with besides; 422 only a key brings."""
    if method != "post":
        return set()
    return {"409", "413", "415"} | (set() if operation["operationId"] in ASKED else {"422"})


def test_every_operation_tells_its_problems() -> None:
    for path, method, operation in operations():
        told = operation["responses"]
        always = {"400", "401", "403", "405", "406", "429", "500", "503"}
        assert always | _of_post(method, operation) <= told.keys(), (path, method)
        for status, answer in told.items():
            if status >= "400":
                assert answer["content"].keys() == {"application/problem+json"}, (path, method, status)


def test_writes_need_a_key_and_refuse_unknown_fields() -> None:
    for path, method, operation in operations():
        if method == "post" and operation["operationId"] not in ASKED:
            keys = [p for p in operation["parameters"] if p["name"] == "Idempotency-Key"]
            assert [key["required"] for key in keys] == [True], path
    for name, component in description()["components"]["schemas"].items():
        if name.endswith("Request"):
            assert component["additionalProperties"] is False, name


def test_the_examples_of_requests_are_read_without_complaint() -> None:
    read = {
        "record_purchase": lambda body: bodies.purchase(body, Programme(id=1, currency="GBP")),
        "quote_basket": lambda body: quoting.basket(body, Programme(id=1, currency="GBP")),
        "record_return": bodies.goods_back,
        "give_purchase": bodies.assignment,
        "enrol_member": bodies.enrolment,
        "redeem_reward": rewards.redemption,
        "send_spending_code": rewards.spending_code,
        "use_voucher": rewards.use,
        "unuse_voucher": rewards.use,
    }
    tried = []
    for _path, method, operation in operations():
        if method == "post":
            for example in operation["requestBody"]["content"]["application/json"]["examples"].values():
                read[operation["operationId"]](example["value"])
                tried.append(operation["operationId"])

    assert sorted(set(tried)) == sorted(read)


@pytest.mark.parametrize(
    ("component", "known"),
    [
        ("SaleRequest", bodies.PURCHASE),
        ("SaleLineRequest", bodies.LINE),
        ("IdentifierRequest", bodies.IDENTIFIERS),
        ("GoodsRequest", bodies.RETURN),
        ("GoodsLineRequest", bodies.RETURN_LINE),
        ("AssignmentRequest", bodies.ASSIGNMENT),
        ("EnrolmentRequest", bodies.ENROLMENT),
        ("BirthdayRequest", bodies.BIRTHDAY),
        ("SaidYesRequest", bodies.CONSENT),
        ("RedemptionRequest", rewards.REDEMPTION),
        ("ShownRequest", rewards.PROOF),
        ("SpendingCodeRequest", rewards.SPENDING_CODE),
        ("UseRequest", rewards.USE),
        ("UnuseRequest", rewards.USE),
    ],
)
def test_what_is_declared_is_what_is_read(component: str, known: frozenset[str]) -> None:
    assert description()["components"]["schemas"][component]["properties"].keys() == known


def fits(path: str, method: str, status: int, body: Any) -> None:
    answer = description()["paths"][path][method]["responses"][str(status)]
    (media,) = answer["content"].values()
    check(body, media["schema"])
    # A field that is answered and not declared would pass unnoticed otherwise.
    declared = description()["components"]["schemas"][media["schema"]["$ref"].rpartition("/")[2]]["properties"]
    assert body.keys() <= declared.keys()


def test_real_answers_are_as_declared(till: Till) -> None:
    enrolled = till.post("members", {"phone": "07700 900123", "name": "Ada"})
    number = enrolled.body["number"]
    sold = till.post("purchases", sale() | {"member": {"number": number}})
    known = till.post("purchases", sale() | {"member": {"number": number}})
    anonymous = till.post("purchases", sale(receipt="2"))
    path = f"purchases/{sold.body['purchase']}"
    goods = {"number": "R-1", "occurred_at": NOON.isoformat(), "lines": [{"line": 1, "quantity": "1"}]}
    returned = till.post(f"{path}/returns", goods)
    gift = {"member": {"number": number}, "claim_code": anonymous.body["claim_code"]}
    given = till.post(f"purchases/{anonymous.body['purchase']}/member", gift)
    refused = till.post("purchases", sale(total="1"))

    factories.reward(worth=Decimal("4.50"), price=10)
    shown = {"kind": "qr", "value": proofs.issue_qr(Member.objects.get(), at=clock.now()).text}
    redeemed = till.post("redemptions", {"reward": "mug", "proof": shown})
    voucher = f"vouchers/{redeemed.body['voucher']['code']}"

    fits("/api/v1/rewards", "get", 200, till.get("rewards", number=number).body)
    fits("/api/v1/redemptions", "post", 201, redeemed.body)
    fits("/api/v1/redemptions", "post", 422, till.post("redemptions", {"reward": "mug", "proof": shown}).body)
    fits("/api/v1/spending-codes", "post", 201, till.post("spending-codes", {"member": {"number": number}}).body)
    fits("/api/v1/vouchers/{code}", "get", 200, till.get(voucher).body)
    fits("/api/v1/vouchers/{code}/use", "post", 200, till.post(f"{voucher}/use", {"receipt": "1"}).body)
    fits("/api/v1/vouchers/{code}/unuse", "post", 200, till.post(f"{voucher}/unuse", {}).body)
    fits("/api/v1/members", "post", 201, enrolled.body)
    fits("/api/v1/purchases", "post", 201, sold.body)
    fits("/api/v1/purchases", "post", 200, known.body)
    fits("/api/v1/purchases", "post", 201, anonymous.body)
    fits("/api/v1/purchases/{uuid}/returns", "post", 201, returned.body)
    fits("/api/v1/purchases/{uuid}/member", "post", 200, given.body)
    fits("/api/v1/purchases", "post", 400, refused.body)
    fits("/api/v1/ping", "get", 200, till.get("ping").body)
    fits("/api/v1/members/lookup", "get", 200, till.get("members/lookup", number=number).body)
    fits("/api/v1/members/{number}", "get", 200, till.get(f"members/{number}").body)
    fits("/api/v1/members/{number}/balance", "get", 200, till.get(f"members/{number}/balance").body)
    fits("/api/v1/members/{number}/postings", "get", 200, till.get(f"members/{number}/postings").body)
    fits("/api/v1/purchases", "get", 200, till.get("purchases").body)
    fits("/api/v1/purchases/{uuid}", "get", 200, till.get(path).body)
    fits("/api/v1/purchases/{uuid}/returns", "get", 200, till.get(f"{path}/returns").body)


def _ours() -> list[str]:
    return [a.name for a in apps.get_app_configs() if Path(a.path).parent == ROOT]


def _refusals(kind: type[LoyaltyError] = LoyaltyError) -> Iterator[type[LoyaltyError]]:
    for refusal in kind.__subclasses__():
        if "code" in vars(refusal):
            yield refusal
        yield from _refusals(refusal)


def _documented(heading: str) -> dict[str, str]:
    """The rows of a table of docs/errors.md: code and the next cell."""
    text = (ROOT / "docs" / "errors.md").read_text()
    part = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]*?) \|", part, re.MULTILINE))


def test_every_code_stands_in_docs_errors_with_its_status() -> None:
    for app in _ours():
        package = import_module(app)
        for module in pkgutil.walk_packages(package.__path__, f"{app}."):
            if ".migrations" not in module.name and ".management" not in module.name:
                import_module(module.name)
    told_to_tills = {code: str(refusal.status) for code, refusal in schema.KNOWN.items()}
    others = {r.code: str(r.status) for r in _refusals() if r.code not in told_to_tills}

    assert _documented("What tills are told") == told_to_tills
    assert _documented("What staff and members are told") == others


def test_every_code_of_a_field_stands_in_docs_errors() -> None:
    documented = _documented("Codes of fields")

    assert documented == {code: str(sentence) for code, sentence in reading.SENTENCES.items()}


def test_no_two_refusals_share_a_code() -> None:
    codes = [refusal.code for refusal in _refusals()]

    assert sorted(codes) == sorted(set(codes))


def test_keys_and_limits_of_the_documentation_are_those_of_the_code() -> None:
    text = (ROOT / "docs" / "pos.md").read_text()

    assert f"{base.LONGEST_KEY} visible ASCII characters" in text
    assert f"{bodies.MOST_LINES:,} lines" in text


@pytest.mark.parametrize("accept", ["application/json", "application/vnd.oai.openapi"])
def test_the_schema_is_served_to_everybody(db: None, accept: str) -> None:
    response = Client().get("/api/schema/", headers={"Accept": accept})

    assert response.status_code == 200
    if accept == "application/json":
        assert json.loads(response.content)["openapi"] == "3.1.0"
    else:
        assert response.content.startswith(b"openapi: 3.1.0")


@pytest.mark.parametrize(("language", "heading"), [("en", "What the till API refuses, and why")])
def test_the_type_of_a_problem_leads_to_its_meaning(db: None, language: str, heading: str) -> None:
    response = Client().get("/api/problems/", headers={"Accept-Language": language})
    text = response.content.decode()

    assert heading in text
    for code in schema.KNOWN:
        assert f'id="{code}"' in text


def test_the_reference_is_drawn_without_anything_from_elsewhere(page: Page) -> None:
    factories.shop()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)

    page.goto("/api/docs/")

    expect(page.get_by_text("Record a purchase").first).to_be_visible()
    expect(page.get_by_text("Find a member").first).to_be_visible()
    page.get_by_text("Record a purchase").first.click()
    expect(page.get_by_text("receipt_conflict").first).to_be_visible()
    assert said == []
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {page.url.split("/")[2]}
