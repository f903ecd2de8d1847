"""Worked examples as tables that a manager can read: what happens on which day, and how a member stands after it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.db import transaction
from django.db.models import Sum

from core import clock
from loyalty_site import night
from members.models import Member
from points import ledger, verification
from points.models import Account, Posting
from tests.factories import Shop
from tests.pos.till import Till

WORDS = {"en": "By hand", "zh-hans": "手工"}
NOON, ONE_O_CLOCK = "12:00", "01:00"


def rows(table: str) -> list[dict[str, str]]:
    """The lines of TABLE below its heading, by the names of the columns."""
    heading, *lines = ([cell.strip() for cell in line.split("|")[1:-1]] for line in table.strip().splitlines())
    return [dict(zip(heading, line, strict=True)) for line in lines]


@dataclass
class Telling:
    """Does what the rows of a table say, at a till, by night, or by the ledger's verbs; and tells how things stand."""

    shop: Shop
    member: Member
    till: Till
    clock: time_machine.Traveller
    sold: dict[str, str] = field(default_factory=dict)
    returns: int = 0

    def row_as_it_is(self, row: dict[str, str]) -> dict[str, str]:
        """Let ROW happen; answer it with the figures that really came out."""
        before, postings = self._total(), Posting.objects.count()
        self._go_to(row["on"], ONE_O_CLOCK if row["what happens"] == "night" else NOON)
        for pattern, does in self._sentences().items():
            if found := re.fullmatch(pattern, row["what happens"]):
                does(*found.groups())
                break
        else:
            raise AssertionError(f"Nobody knows what this means: {row['what happens']}")
        assert verification.faults() == []
        shown = self.till.get(f"members/{self.member.number}").body
        higher = shown["next_tier"]
        change = self._total() - before
        return {
            "on": row["on"],
            "what happens": row["what happens"],
            "points": f"{change:+}" if Posting.objects.count() > postings else "",
            **{name: str(shown["balance"][key]) for name, key in COLUMNS.items() if name in row},
            "tier": shown["tier"]["code"],
            "to the next": f"{Decimal(higher['missing']):.2f}" if higher else "",
        }

    def _sentences(self) -> dict[str, Callable[..., Any]]:
        return {
            r"buys (\w+): (.+)": self._buys,
            r"brings back (\w+)/(\d+)": self._brings_back,
            r"brings back (\w+)/(\d+), (\d+) of them": self._brings_back,
            r"uses (\d+)": self._uses,
            r"is given (\d+)": lambda points: self._by_hand(int(points)),
            r"is taken (\d+)": lambda points: self._by_hand(-int(points)),
            r"looks": lambda: None,
            r"night": lambda: night.pass_night(at=clock.now()),
        }

    def _buys(self, number: str, goods: str) -> None:
        lines = []
        for place, line in enumerate(goods.split(" + "), 1):
            quantity, _for, rest = line.rpartition(" for ")
            amount, _blank, category = rest.partition(" ")
            sold = {"sku": f"SKU-{place}", "quantity": quantity or "1", "amount": amount}
            lines.append(sold | ({"category": category} if category else {}))
        told = self.till.post(
            "purchases",
            {
                "receipt": number,
                "occurred_at": clock.now().isoformat(),
                "currency": self.shop.programme.currency,
                "member": {"number": self.member.number},
                "lines": lines,
                "total": f"{sum(Decimal(line['amount']) for line in lines):.2f}",
            },
        )
        assert told.status == 201, told.body
        self.sold[number] = told.body["purchase"]

    def _brings_back(self, number: str, line: str, quantity: str = "") -> None:
        path = f"purchases/{self.sold[number]}"
        quantity = quantity or self.till.get(path).body["lines"][int(line) - 1]["quantity"]
        self.returns += 1
        goods = [{"line": int(line), "quantity": quantity}]
        told = self.till.post(
            f"{path}/returns",
            {"number": f"R-{self.returns}", "occurred_at": clock.now().isoformat(), "lines": goods},
        )
        assert told.status == 201, told.body

    def _uses(self, points: str) -> None:
        with transaction.atomic():
            point_type = self.shop.point_type.pk
            account = ledger.open_accounts([(self.member.pk, point_type, clock.now())])[self.member.pk, point_type]
            ledger.redeem(account.account_id, int(points), reference=self._reference(), at=clock.now(), actor="test")

    def _by_hand(self, points: int) -> None:
        with transaction.atomic():
            ledger.adjust(
                self.member.pk,
                self.shop.point_type,
                points,
                reference=self._reference(),
                words=WORDS,
                at=clock.now(),
                actor="test",
            )

    def _reference(self) -> str:
        return f"row:{Posting.objects.count()}"

    def _total(self) -> int:
        return Posting.objects.aggregate(total=Sum("points"))["total"] or 0

    def _go_to(self, on: str, time: str) -> None:
        day, _blank, at = on.partition(" ")
        local = datetime.fromisoformat(f"{day}T{at or time}").replace(tzinfo=ZoneInfo(self.shop.programme.time_zone))
        self.clock.move_to(local, tick=False)


COLUMNS = {"pending": "pending", "usable": "available", "owed": "debt"}


def balance_is_the_sum(member: Member) -> bool:
    """The account's figures are what its postings add up to."""
    account = Account.objects.get(member=member)
    total = Posting.objects.filter(account=account).aggregate(total=Sum("points"))["total"]
    return bool(account.pending + account.available + account.held - account.debt == total)
