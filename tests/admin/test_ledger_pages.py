"""The ledger can be looked at, and nothing else, by anybody."""

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory

from members import cards
from points.models import Account, Lot, Movement, Posting, PostingNote
from tests.admin.desk import Story, at_desk, colleague, text

MODELS: dict[str, type[Account | Posting | Lot]] = {"account": Account, "posting": Posting, "lot": Lot}


def rows() -> dict[str, list[tuple[object, ...]]]:
    """All rows of the ledger as they are."""
    with connection.cursor() as cursor:
        kept = {}
        for model in (Account, Posting, Lot, Movement, PostingNote):
            cursor.execute(f"select * from {model._meta.db_table} order by 1")
            kept[model._meta.model_name or ""] = cursor.fetchall()
        return kept


@pytest.fixture
def boss(story: Story) -> Client:
    return at_desk("superuser")


@pytest.mark.parametrize("role", ["cashier", "support", "marketing", "finance", "administrator", "superuser"])
@pytest.mark.parametrize("model", [Account, Posting, Lot, Movement, PostingNote])
def test_no_role_may_add_change_or_delete_on_any_page(
    story: Story, rf: RequestFactory, role: str, model: type[Model]
) -> None:
    """Neither on a page of its own nor as rows on the page of something else."""
    request = rf.get("/admin/")
    request.user = colleague(role)
    pages = [page for page in admin.site._registry.values() if page.model is model]
    rows = [
        inline
        for page in admin.site._registry.values()
        for inline in page.get_inline_instances(request)
        if inline.model is model
    ]

    may = {page.has_add_permission(request) for page in pages} | {row.has_add_permission(request, None) for row in rows}
    may |= {each.has_change_permission(request) for each in (*pages, *rows)}
    may |= {each.has_delete_permission(request) for each in (*pages, *rows)}

    assert may <= {False}
    assert len(pages) == (model in MODELS.values())


@pytest.mark.parametrize("name", MODELS)
def test_not_even_a_superuser_adds_changes_or_deletes(story: Story, boss: Client, name: str) -> None:
    before = rows()
    key = MODELS[name].objects.latest("pk").pk
    place = f"/admin/points/{name}"
    post = {"points": "999", "available": "999", "remaining": "999", "post": "yes", "_selected_action": [str(key)]}

    answers = {
        "add page": boss.get(f"{place}/add/").status_code,
        "add": boss.post(f"{place}/add/", post).status_code,
        "change": boss.post(f"{place}/{key}/change/", post).status_code,
        "delete page": boss.get(f"{place}/{key}/delete/").status_code,
        "delete": boss.post(f"{place}/{key}/delete/", post).status_code,
        "page": boss.get(f"{place}/{key}/change/").status_code,
        "list": boss.get(f"{place}/").status_code,
    }
    boss.post(f"{place}/", {**post, "action": "delete_selected"})

    assert answers == {
        "add page": 403,
        "add": 403,
        "change": 403,
        "delete page": 403,
        "delete": 403,
        "page": 200,
        "list": 200,
    }
    assert rows() == before


def test_a_posting_tells_what_it_did_and_why(story: Story, boss: Client) -> None:
    sold = Posting.objects.get(kind="accrue")

    page = text(boss.get(f"/admin/points/posting/{sold.pk}/change/"))

    assert "+100 points" in page
    assert "+100 1 point per £1 · £100.00 base v1" in page
    assert "purchase:LON-1/T1/2026-06-01/R-1" in page
    assert "issued available" in page


def test_pages_are_titled_in_words(story: Story, boss: Client) -> None:
    sold, number = Posting.objects.get(kind="accrue"), story.member.number
    lot = Lot.objects.get(posting=sold)

    assert f"{number}, points #1" in text(boss.get(f"/admin/points/posting/{sold.pk}/change/"))
    assert f"#{lot.pk} · {number}, points" in text(boss.get(f"/admin/points/lot/{lot.pk}/change/"))
    assert "amount spent, last 12 months" in text(boss.get("/admin/tiers/scheme/1/change/"))


def test_a_posting_by_hand_shows_both_notes(story: Story, boss: Client) -> None:
    adjusted = Posting.objects.get(kind="adjust")

    page = text(boss.get(f"/admin/points/posting/{adjusted.pk}/change/"))

    assert "+10 Goodwill" in page
    assert "With our regards Broken box" in page


def test_an_account_shows_its_postings_and_lots(story: Story, boss: Client) -> None:
    account = Account.objects.get()

    page = text(boss.get(f"/admin/points/account/{account.pk}/change/"))

    assert "70" in page
    assert [word for word in ("+100", "−40", "+10") if word in page] == ["+100", "−40", "+10"]


def test_a_card_that_was_replaced_still_finds_the_members_postings(story: Story, boss: Client) -> None:
    old = story.member.number
    cards.replace(story.member, reason="lost", at=story.member.enrolled_at, actor=None)

    assert text(boss.get(f"/admin/points/posting/?q={old}")).count("LON-1/T1/2026-06-01/R-1") == 2
    assert "No results found" in text(boss.get("/admin/points/posting/?q=000000000000"))


def test_the_words_are_in_the_readers_language(story: Story, boss: Client) -> None:
    sold = Posting.objects.get(kind="accrue")

    page = text(boss.get(f"/admin/points/posting/{sold.pk}/change/", headers={"accept-language": "zh-hans"}))

    assert "+100 每消费1英镑得1积分" in page
