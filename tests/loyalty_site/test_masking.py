"""Nothing in a log can be used by whoever reads it: codes, numbers, phones and keys are masked, wherever they stand."""

import io
import logging
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config

from loyalty_site.access_log import MaskedLogger
from loyalty_site.masking import masked
from members import numbers
from rewards import codes
from tests import factories
from tests.pos.till import Till

CODE = "8GWWQKG00PPSQNTG"
NUMBER = "356631669646"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"Not Found: /api/v1/vouchers/{CODE}", "Not Found: /api/v1/vouchers/…"),
        ("Bad Request: /api/v1/vouchers/7K3M-mistyped/use", "Bad Request: /api/v1/vouchers/…/use"),
        (f"/api/v1/members/{NUMBER}/balance", "/api/v1/members/…/balance"),
        ("GET /api/v1/members/lookup?phone=07700900123 HTTP/1.1", "GET /api/v1/members/lookup?… HTTP/1.1"),
        ("/till/receipts/?receipt=7K3M9QX2TD", "/till/receipts/?…"),
        (f"voucher {codes.written(CODE).lower()} was used", f"voucher …{CODE[-4:]} was used"),
        (f"member {numbers.written(NUMBER)}", f"member …{NUMBER[-4:]}"),
        ("Key (phone)=(+447700900123) already exists.", "Key (phone)=(+…0123) already exists."),
        ("Key (email)=(ada@example.com) already exists.", "Key (email)=(…@…) already exists."),
        ("Authorization: Bearer demolon1t1.4vazw7f5pai2", "Authorization: Bearer …"),
        (f"proof SP{NUMBER}ABCDEF12", "proof SP…"),
    ],
)
def test_what_could_be_used_is_masked(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "Unprocessable Entity: /api/v1/redemptions",
        "request_id=5f1c2b9c0d7e4a6f8b3a9d2e1c0f4b7a",
        "/api/v1/purchases/550e8400-e29b-41d4-a716-446655440000/returns",
        "2026-11-24T20:22:22.358417Z took 12 ms, 4711 of 100000 lots",
        'File "/site/loyalty_site/middleware.py", line 78, in __call__',
        "What? Nothing.",
    ],
)
def test_what_helps_to_find_a_fault_stays(text: str) -> None:
    assert masked(text) == text


def test_a_refusal_of_a_voucher_leaves_no_code_in_our_log(db: None) -> None:
    """As the handler of the site writes it."""
    till = Till(factories.shop().terminal)
    out = io.StringIO()
    (handler,) = [each for each in logging.getLogger().handlers if isinstance(each.formatter, logging.Formatter)][:1]
    ours = logging.StreamHandler(out)
    ours.setFormatter(handler.formatter)
    logging.getLogger().addHandler(ours)
    try:
        assert till.get(f"vouchers/{CODE}").status == 404
        assert till.get(f"members/{NUMBER}/balance").status == 404
    finally:
        logging.getLogger().removeHandler(ours)

    assert "/api/v1/vouchers/…" in out.getvalue()
    assert [secret in out.getvalue() for secret in (CODE, NUMBER)] == [False, False]


def test_the_web_servers_log_is_masked() -> None:
    logger = MaskedLogger(Config())
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": f"/api/v1/vouchers/{CODE}?x=1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "PATH_INFO": f"/api/v1/vouchers/{CODE}",
        "QUERY_STRING": "phone=%2B447700900123",
        "HTTP_REFERER": "https://shop.example/till/receipts/?receipt=7K3M9QX2TD",
    }
    request = SimpleNamespace(headers=[("AUTHORIZATION", "Bearer secret.key")])
    response = SimpleNamespace(status="200 OK", sent=10, headers=[])

    found = logger.atoms(response, request, environ, timedelta(milliseconds=3))

    assert (found["r"], found["q"]) == ("GET /api/v1/vouchers/…?… HTTP/1.1", "…")
    assert found["f"] == "https://shop.example/till/receipts/?…"
    assert [name for name, part in found.items() if isinstance(part, str) and (CODE in part or "secret" in part)] == []
