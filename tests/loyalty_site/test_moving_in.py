"""A shop moves in with a CSV file of its members."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from core.models import Event
from loyalty_site import moving_in
from loyalty_site.moving_in import Report
from members.models import Member
from points import queries
from points.models import Lot, Posting
from tests import factories
from tiers import review
from tiers.models import Standing, TierChange

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)

FILE = """\
name,phone,email,external_id,points,points_expire_on,marketing_email
Ada Lovelace,07700 900123,ada@example.com,CRM-1,120,2027-03-31,yes
王小明,+86 138 0013 8000,,CRM-2,0,,
Charles,07700 900125,,CRM-3,45,,no
"""


@pytest.fixture
def shop(db: None) -> factories.Shop:
    return factories.shop()


@pytest.fixture
def at_moment(db: None) -> Any:
    with time_machine.travel(AT, tick=False):
        yield


def move_in(folder: Path, text: str | bytes, *options: str) -> tuple[str, str, bool]:
    """What the command wrote to stdout and stderr, and whether it ended well."""
    file = folder / "members.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    try:
        call_command("import_members", str(file), *options, stdout=out, stderr=err)
    except SystemExit as end:
        code = end.code
    assert code in {0, 1}
    return out.getvalue(), err.getvalue(), code == 0


def take(lines: list[str], on_progress: Callable[[Report], None] = lambda _report: None) -> Report:
    return moving_in.take_file(
        lines, via="file", at=AT, is_dry_run=False, on_problem=lambda problem: None, on_progress=on_progress
    )


def standings() -> list[tuple[Any, ...]]:
    """Who holds more than the lowest tier, since when and until when."""
    held = Standing.objects.filter(tier__rank__gt=0).order_by("member")
    return list(held.values_list("member__phone", "tier__code", "since_on", "valid_until"))


def state() -> dict[str, Any]:
    """All that the import writes, without what differs by chance."""
    return {
        "members": list(Member.objects.order_by("pk").values_list("pk", "number", "name", "phone", "email")),
        "postings": list(Posting.objects.order_by("pk").values_list("account__member", "kind", "points", "reference")),
        "lots": list(Lot.objects.order_by("pk").values_list("granted", "remaining", "available_at", "expires_at")),
        "events": Event.objects.count(),
    }


def test_members_come_with_their_points(shop: factories.Shop, at_moment: None, tmp_path: Path) -> None:
    out, err, content = move_in(tmp_path, FILE)

    assert content
    assert err == ""
    assert out == ("3 lines: 3 enrolled, 0 filled, 0 unchanged, 0 not taken. 165 points and 0 tiers brought along.\n")
    ada, charles = Member.objects.get(external_id="CRM-1"), Member.objects.get(external_id="CRM-3")
    assert list(
        Posting.objects.order_by("pk").values_list("account__member", "kind", "points", "reference", "reasons", "actor")
    ) == [
        (
            member.pk,
            "accrue",
            points,
            f"opening:{member.uuid}",
            [
                {
                    "points": points,
                    "rule": "opening",
                    "version": 0,
                    "words": {"en": "Brought along when we moved in", "zh-hans": "迁入时带来的积分"},
                }
            ],
            "import_members",
        )
        for member, points in ((ada, 120), (charles, 45))
    ]
    # The last day given is the last day they can be used; without one, twelve months to the end of the month.
    assert list(Lot.objects.order_by("pk").values_list("granted", "available_at", "expires_at")) == [
        (120, AT, datetime(2027, 3, 31, 23, tzinfo=UTC)),
        (45, AT, datetime(2027, 12, 1, tzinfo=UTC)),
    ]
    assert queries.balance(ada.pk, AT).available == 120
    assert [
        (kind, payload["points"])
        for kind, payload in Event.objects.filter(kind="points.opened").order_by("pk").values_list("kind", "payload")
    ] == [("points.opened", 120), ("points.opened", 45)]


def test_running_it_again_changes_nothing(shop: factories.Shop, at_moment: None, tmp_path: Path) -> None:
    move_in(tmp_path, FILE)
    before = state()

    with time_machine.travel(datetime(2026, 12, 24, tzinfo=UTC), tick=False):
        out, err, content = move_in(tmp_path, FILE)

    assert content
    assert err == ""
    assert out == "3 lines: 0 enrolled, 0 filled, 3 unchanged, 0 not taken. 0 points and 0 tiers brought along.\n"
    assert state() == before


def test_a_dry_run_tells_the_same_and_changes_nothing(shop: factories.Shop, at_moment: None, tmp_path: Path) -> None:
    text = FILE + "Doppelganger,07700 900123,,CRM-3,5,,\nAda again,,ada@example.com,,,,\n"

    dry = move_in(tmp_path, text, "--dry-run")
    assert state() == {"members": [], "postings": [], "lots": [], "events": 0}
    wet = move_in(tmp_path, text)

    assert dry[0] == f"Dry run, nothing changed. {wet[0]}"
    assert (
        dry[1:]
        == wet[1:]
        == (
            "line 5: phone, external_id: This belongs to another member: the phone number, the external id.\n",
            False,
        )
    )
    assert wet[0].startswith("5 lines: 3 enrolled, 0 filled, 1 unchanged, 1 not taken.")


def test_every_bad_line_is_reported_with_its_field_and_reason(
    shop: factories.Shop, at_moment: None, tmp_path: Path
) -> None:
    text = (
        b"name,phone,email,birthday,points,points_expire_on,marketing_email\n"
        b"Ada,07700 900123,,,-5,,\n"
        b"Bob,07700 900124,,,1e3,,\n"
        b"Cyd,07700 900125,,,10,2026-11-21,\n"
        b"Dan,12,,,10,,\n"
        b"Eve,,,,10,,\n"
        b"Fay,07700 900128,,2015-01-01,10,,yes\n"
        b"Gus,07700 900129\n"
        b"Hal,07700 900130,,,10,2026-11-22,\n"
        b"Zo\xe9,07700 900131,,,10,,\n"
    )

    out, err, content = move_in(tmp_path, text, "--report", str(tmp_path / "bad.csv"))

    problems = [
        ["2", "points", "This can't be read. Expected: a whole number, not below 0."],
        ["3", "points", "This can't be read. Expected: a whole number, not below 0."],
        ["4", "points_expire_on", "This can't be read. Expected: a day that has not passed."],
        ["5", "phone", "This is not a phone number."],
        ["6", "", "Give a phone number or an e-mail address."],
        ["7", "", "Members below the age of 16 receive no marketing."],
        ["8", "", "This line has 2 cells, the first line names 7 columns."],
        ["10", "name", "This is not text in the encoding of the file."],
    ]
    assert not content
    with (tmp_path / "bad.csv").open(encoding="utf-8", newline="") as report:
        assert list(csv.reader(report)) == [["line", "field", "reason"], *problems]
    assert err == "".join(
        f"line {line}: {field}: {reason}\n" if field else f"line {line}: {reason}\n" for line, field, reason in problems
    )
    assert out == "9 lines: 1 enrolled, 0 filled, 0 unchanged, 8 not taken. 10 points and 0 tiers brought along.\n"
    assert list(Member.objects.values_list("name", flat=True)) == ["Hal"]
    assert Lot.objects.get().expires_at == datetime(2026, 11, 23, tzinfo=UTC)


def test_another_balance_for_somebody_who_has_one_is_refused(
    shop: factories.Shop, at_moment: None, tmp_path: Path
) -> None:
    move_in(tmp_path, FILE)
    before = state()

    _out, err, content = move_in(tmp_path, FILE.replace(",120,", ",200,"))

    assert not content
    assert err == "line 2: points: This member was opened with 120 before; the file says 200.\n"
    assert state() == before


def test_members_keep_the_tier_they_had(shop: factories.Shop, at_moment: None, tmp_path: Path) -> None:
    text = (
        "phone,tier,tier_until\n"
        "07700 900123,silver,2027-06-30\n"
        "07700 900124,gold,\n"
        "07700 900125,member,\n"
        "07700 900126,platinum,\n"
        "07700 900127,silver,2026-11-21\n"
        "07700 900128,silver,2026-11-22\n"
    )

    out, err, _content = move_in(tmp_path, text)

    assert out == "6 lines: 4 enrolled, 0 filled, 0 unchanged, 2 not taken. 0 points and 3 tiers brought along.\n"
    assert err == (
        "line 5: tier: This can't be read. Expected: member, silver, gold.\n"
        "line 6: tier_until: This can't be read. Expected: a day that has not passed.\n"
    )
    # Without a day, gold lasts as if reached today: twelve months, to the end of the month after that.
    assert standings() == [
        ("+447700900123", "silver", date(2026, 11, 22), date(2027, 6, 30)),
        ("+447700900124", "gold", date(2026, 11, 22), date(2027, 12, 31)),
        ("+447700900128", "silver", date(2026, 11, 22), date(2026, 11, 22)),
    ]
    assert list(TierChange.objects.order_by("pk").values_list("member__phone", "to_tier__code", "cause")) == [
        ("+447700900123", "silver", "opening"),
        ("+447700900124", "gold", "opening"),
        ("+447700900128", "silver", "opening"),
    ]


def test_a_repeat_gives_no_tier_again_nor_longer(shop: factories.Shop, at_moment: None, tmp_path: Path) -> None:
    text = (
        "phone,points,points_expire_on,tier,tier_until\n"
        "07700 900123,10,2026-12-24,silver,2026-12-24\n"
        "07700 900124,,,gold,\n"
    )
    move_in(tmp_path, text)
    before = standings(), TierChange.objects.count(), state()

    with time_machine.travel(datetime(2027, 1, 10, tzinfo=UTC), tick=False):
        review.review(date(2027, 1, 10))
        lapsed = standings(), TierChange.objects.count(), state()
        out, err, content = move_in(tmp_path, text)

        assert (out, err, content) == (
            "2 lines: 0 enrolled, 0 filled, 2 unchanged, 0 not taken. 0 points and 0 tiers brought along.\n",
            "",
            True,
        )
        # Opening the account again notes that its points have expired meanwhile; nothing else has changed.
        assert (standings(), TierChange.objects.count()) == lapsed[:2]
        assert state()["members"] == before[2]["members"]
        assert list(Posting.objects.order_by("pk").values_list("kind", "points")) == [("accrue", 10), ("expire", -10)]
        assert move_in(tmp_path, text.replace("gold", "silver"))[1] == (
            "line 3: tier: This member was opened with gold before; the file says silver.\n"
        )


def test_a_file_in_another_encoding(shop: factories.Shop, at_moment: None, tmp_path: Path) -> None:
    assert move_in(tmp_path, FILE.encode("gb18030"), "--encoding", "gb18030")[2]

    assert Member.objects.get(external_id="CRM-2").name == "王小明"


def test_more_lines_than_are_committed_at_once(shop: factories.Shop, at_moment: None, tmp_path: Path) -> None:
    lines = [f"Member {n},+44770090{n:04d},CRM-{n},{n}" for n in range(1, 251)]

    out, _err, content = move_in(tmp_path, "\n".join(["name,phone,external_id,points", *lines]))

    assert content
    assert out.startswith("250 lines: 250 enrolled,")
    assert sum(Lot.objects.values_list("granted", flat=True)) == 250 * 251 // 2
    assert date(2026, 11, 22) == Member.objects.get(external_id="CRM-250").enrolled_at.date()


def test_after_a_kill_in_the_middle_a_repeat_does_the_rest(shop: factories.Shop, tmp_path: Path) -> None:
    lines = ["name,phone,points", *(f"Member {n},+44770090{n:04d},{n}" for n in range(1, 251))]

    def stop(report: Report) -> None:
        if report.lines == 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(lines, on_progress=stop)
    assert Member.objects.count() == 200
    report = take(lines)

    assert report == Report(lines=250, enrolled=50, unchanged=200, points=sum(range(201, 251)))
    assert sum(Lot.objects.values_list("granted", flat=True)) == sum(range(1, 251))


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("shoe_size\n44\n", (), "The first line must name the columns"),
        (FILE, ("--encoding", "klingon"), "unknown encoding: klingon"),
    ],
)
def test_a_file_that_can_not_be_used_is_refused_in_words(
    shop: factories.Shop, tmp_path: Path, text: str, options: tuple[str, ...], words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        move_in(tmp_path, text, *options)


def test_a_file_that_is_not_there_is_refused_in_words(shop: factories.Shop, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_members", str(tmp_path / "nothing.csv"))


def test_nobody_moves_in_before_the_programme_is_set_up(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="has not been set up"):
        move_in(tmp_path, FILE)
