"""The commands of docs/pos.md do what it says, pasted into a shell in their order."""

import json
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from members.models import Member
from sales.models import Purchase, Return
from tests import factories

GUIDE = Path(__file__).parents[2] / "docs" / "pos.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def pasted(live_site: LiveServer, tmp_path: Path) -> list[dict[str, Any]]:
    """What the till is told, command after command."""
    for program in ("bash", "curl"):
        assert shutil.which(program), f"{program} is needed to paste commands"
    shop = factories.shop()
    factories.reward("two-pounds", kind="amount_off", amount=Decimal(2), price=180)
    script = "\n".join(BLOCK.findall(GUIDE.read_text()))
    script = script.replace("http://127.0.0.1:8000", live_site.url).replace("/tmp/", f"{tmp_path}/")
    script = re.sub(r"TILL_KEY=\S+ .*", f"TILL_KEY={shop.terminal.key_prefix}.secret", script)
    done = subprocess.run(["bash", "-eu"], input=script, text=True, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines() if line]


def test_the_guide_can_be_pasted(pasted: list[dict[str, Any]]) -> None:
    ping, unknown, enrolled, found, sold, anonymous, given, quoted, listed, returned, *rest = pasted
    rewards, unproved, voucher, page, balance, postings = rest

    assert (ping["store"], ping["terminal"]) == ("LON-1", "T1")
    assert unknown["code"] == "unknown_member"
    assert (enrolled["is_new"], enrolled["name"], enrolled["phone"]) == (True, "A** L**", "***0123")
    assert found["number"] == enrolled["number"] == Member.objects.get().number
    assert (sold["points"], sold["balance"]["available"]) == (22, 22)
    assert anonymous["claim_code"] == Purchase.objects.get(amount="1.85").claim_code
    assert (given["member"], given["points"]) == ({"number": found["number"]}, 1)
    assert (quoted["points"], quoted["vouchers"][0]["problem"]["code"]) == (22, "unknown_voucher")
    assert [purchase["purchase"] for purchase in listed["items"]] == [sold["purchase"]]
    assert (returned["amount"], returned["points"]) == ("5.10", 6)
    assert Return.objects.get().number == "R-1"
    assert (rewards["balance"]["available"], rewards["items"][0]["state"]) == (17, "almost")
    assert (unproved["code"], voucher["code"]) == ("pin_not_set", "unknown_voucher")
    assert len(page["items"]) == 2
    assert balance["balances"][0]["available"] == 17
    assert [posting["points"] for posting in postings["items"]] == [-6, 1, 22]
