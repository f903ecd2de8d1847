"""The README's three requests, pasted into a shell as they stand there."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.journeys import street
from tests.journeys.street import Wire, books

README = Path(__file__).parents[2] / "README.md"


def commands() -> list[str]:
    """What stands in the boxes of the chapter on tills, without the first box's look at the demo's logins."""
    chapter = README.read_text().split("## How a till talks to it")[1].split("\n## ")[0]
    setup, *requests = re.findall(r"```\n(.*?)```", chapter, re.DOTALL)
    own = [line for line in setup.splitlines() if not line.startswith(("KEY=", "MEMBER=", "API="))]
    return ["\n".join(own), *requests]


@pytest.mark.skipif(shutil.which("curl") is None, reason="No curl found: `apt install curl`.")
def test_they_find_a_member_sell_once_and_take_one_piece_back(live_site: LiveServer, tmp_path: Path) -> None:
    shop = street.shop()
    member = factories.member(enrolled_at=timezone.now())
    given = {"KEY": Wire(shop.terminal, live_site.url).key, "MEMBER": member.number, "API": f"{live_site.url}/api/v1"}
    setup, find, buy, bring_back = (part.replace("/tmp/purchase.json", f"{tmp_path}/p.json") for part in commands())

    script = "\necho\n".join([f"set -eu\n{setup}", find, buy, buy, bring_back])
    run = subprocess.run(
        ["bash", "-c", script], env={"PATH": "/usr/bin:/bin", **given}, capture_output=True, check=True
    )

    found, sold, again, returned = (json.loads(line) for line in run.stdout.decode().split("\n") if line)
    assert found["number"] == member.number
    assert (sold["points"], sold["amount"], sold["member"]["number"]) == (25, "25.50", member.number)
    assert again == sold
    assert (returned["points"], returned["amount"], returned["purchase"]) == (13, "12.75", sold["purchase"])
    assert books(member) == [("accrue", 25, 25), ("reverse", -13, 13)]
