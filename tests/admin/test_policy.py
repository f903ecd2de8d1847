"""Only staff pages may do what Unfold's scripts and styles need."""

import pytest
from django.test import Client

from tests.admin.desk import at_desk
from tests.factories import Shop


def policy(client: Client, address: str) -> dict[str, str]:
    """The directives of a page's content security policy."""
    header = client.get(address)["Content-Security-Policy"]
    return dict(directive.strip().split(" ", 1) for directive in header.split(";"))


@pytest.mark.parametrize("address", ["/admin/", "/admin/members/member/", "/staff/second-factor/"])
def test_staff_pages_may_evaluate_and_style_inline(shop: Shop, address: str) -> None:
    found = policy(at_desk("superuser"), address)

    assert "'unsafe-eval'" in found["script-src"]
    assert "'unsafe-inline'" not in found["script-src"]
    assert found["style-src"] == "'self' 'unsafe-inline'"
    assert (found["frame-ancestors"], found["object-src"], found["form-action"]) == ("'none'", "'none'", "'self'")


@pytest.mark.parametrize("address", ["/", "/sign-in/", "/join/"])
def test_no_other_page_may(shop: Shop, address: str) -> None:
    found = policy(Client(), address)

    assert "unsafe" not in found["script-src"] + found["style-src"]
