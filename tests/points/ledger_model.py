"""The ledger's rules once more, as a small plain-Python model that the real one is held against (invariant I10)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass
class Lot:
    name: int
    remaining: int
    pending: bool
    available_at: datetime
    expires_at: datetime | None
    posting: str
    origin: "Lot | None" = None
    expired: int = 0

    def order(self) -> tuple[bool, datetime, int]:
        return (self.expires_at is None, self.expires_at or FOR_EVER, self.name)


@dataclass
class Booked:
    """What a posting did, as far as later ones ask: its lots, and how much was taken or given back."""

    moved: int
    taken: list[tuple[Lot, int]] = field(default_factory=list)
    restored: dict[int, int] = field(default_factory=dict)
    undone: int = 0


class Account:
    """One account, lot by lot, in loops that anyone can follow."""

    def __init__(self) -> None:
        self.lots: list[Lot] = []
        self.debt = 0
        self.booked: dict[str, Booked] = {}

    @property
    def pending(self) -> int:
        return sum(lot.remaining for lot in self.lots if lot.pending)

    @property
    def available(self) -> int:
        return sum(lot.remaining for lot in self.lots if not lot.pending)

    def touch(self, at: datetime) -> None:
        for lot in sorted(self.lots, key=lambda lot: (lot.available_at, *lot.order())):
            if lot.pending and lot.available_at <= at:
                lot.pending = False
                self._repay(lot)
        for lot in self.lots:
            if not lot.pending and lot.expires_at and lot.expires_at <= at:
                lot.expired += lot.remaining
                lot.remaining = 0

    def _repay(self, lot: Lot, most: int | None = None) -> None:
        share = min(self.debt, lot.remaining if most is None else most)
        self.debt -= share
        lot.remaining -= share

    def _new(self, points: int, available_at: datetime, expires_at: datetime | None, at: datetime, posting: str) -> Lot:
        lot = Lot(len(self.lots), points, available_at > at, available_at, expires_at, posting)
        self.lots.append(lot)
        return lot

    def accrue(self, reference: str, lots: list[tuple[int, datetime, datetime | None]], at: datetime) -> None:
        self.touch(at)
        self.booked[reference] = Booked(sum(points for points, _, _ in lots))
        for points, available_at, expires_at in lots:
            lot = self._new(points, available_at, expires_at, at, reference)
            if not lot.pending:
                self._repay(lot)

    def redeem(self, reference: str, points: int, at: datetime) -> bool:
        self.touch(at)
        if points > self.available:
            return False
        self.booked[reference] = booked = Booked(points)
        for lot in sorted(self.lots, key=Lot.order):
            share = min(points, 0 if lot.pending else lot.remaining)
            if share:
                lot.remaining -= share
                points -= share
                booked.taken.append((lot, share))
        return True

    def reverse(self, reference: str, points: int, at: datetime) -> bool:
        self.touch(at)
        booked = self.booked[reference]
        if booked.undone + points > booked.moved:
            return False
        booked.undone += points
        own = [lot for lot in self.lots if (lot.origin or lot).posting == reference]
        own.sort(key=Lot.order)
        for pool in ([lot for lot in own if lot.pending], [lot for lot in own if not lot.pending]):
            for lot in pool:
                share = min(points, lot.remaining)
                lot.remaining -= share
                points -= share
                lot.pending = lot.pending and lot.remaining > 0
        for lot in own:
            share = min(points, lot.expired)
            lot.expired -= share
            points -= share
        for lot in sorted(self.lots, key=Lot.order):
            if not lot.pending and lot not in own:
                share = min(points, lot.remaining)
                lot.remaining -= share
                points -= share
        self.debt += points
        return True

    def restore(self, reference: str, points: int, at: datetime, grace_until: datetime) -> bool:
        self.touch(at)
        booked = self.booked[reference]
        if booked.undone + points > booked.moved:
            return False
        booked.undone += points
        for lot, share in sorted(booked.taken, key=lambda taken: taken[0].order(), reverse=True):
            back = min(points, share - booked.restored.get(lot.name, 0))
            if not back:
                continue
            points -= back
            booked.restored[lot.name] = booked.restored.get(lot.name, 0) + back
            target = self._target(lot, at, grace_until)
            if target.expires_at and target.expires_at <= at:
                target.expired += back
            else:
                target.remaining += back
                self._repay(target, back)
        return True

    def _target(self, lot: Lot, at: datetime, grace_until: datetime) -> Lot:
        if lot.origin is not None or lot.expires_at is None or lot.expires_at > at:
            return lot
        for other in self.lots:
            if other.origin is lot:
                return other
        successor = self._new(0, at, grace_until, at, "")
        successor.origin = lot
        return successor
