from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from access.models import AuditEntry
from members import wordings
from members.models import Acceptance, Wording
from members.wordings import TextMissing
from tests import factories, racing

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_every_kind_has_a_first_version_in_both_languages(db: None) -> None:
    first = {wording.kind: wording for wording in Wording.objects.all()}

    assert {kind: wording.version for kind, wording in first.items()} == {
        "terms": 1,
        "privacy": 1,
        "service": 1,
        "marketing": 1,
    }
    with translation.override("en"):
        assert first["marketing"].text.startswith("Yes, send me offers")
    with translation.override("zh-hans"):
        assert first["marketing"].text.startswith("同意通过此渠道")


def test_a_new_text_is_the_next_version_and_the_one_that_counts(db: None) -> None:
    sam = factories.staff()

    published = wordings.publish("terms", text_en="Be kind.", text_zh_hans="请友善。", at=AT, actor=sam)
    again = wordings.publish("terms", text_en="Be kind.", text_zh_hans="请友善。", at=LATER, actor=sam)

    assert again == published == wordings.current("terms")
    assert (published.version, published.published_at) == (2, AT)
    assert Wording.objects.filter(kind="terms").count() == 2
    assert list(AuditEntry.objects.values_list("action", "subject", "actor")) == [
        ("wording.publish", "wording:terms/2", sam.pk)
    ]


def test_a_text_is_needed_in_both_languages(db: None) -> None:
    with pytest.raises(TextMissing):
        wordings.publish("terms", text_en="Be kind.", text_zh_hans=" ", at=AT)

    assert wordings.current("terms").version == 1


def test_a_published_text_can_not_be_changed(db: None) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Wording.objects.filter(kind="terms").update(text_en="Pay double.")


def test_texts_published_at_once_get_versions_of_their_own(committed_db: None) -> None:
    published = racing.run_in_threads(
        4, lambda n: wordings.publish("terms", text_en=f"Text {n}", text_zh_hans=f"文本{n}", at=AT).version
    )

    assert sorted(published) == [2, 3, 4, 5]


def test_accepting_is_noted_once_per_version(db: None) -> None:
    member = factories.member()
    assert [(w.kind, w.version) for w in wordings.outstanding(member)] == [("terms", 1), ("privacy", 1)]

    wordings.accept(member, source="portal", at=AT)
    wordings.accept(member, source="till:LON-1/T1", at=LATER)

    assert wordings.outstanding(member) == []
    assert list(
        Acceptance.objects.order_by("id").values_list("member", "wording__kind", "wording__version", "at", "source")
    ) == [(member.pk, "terms", 1, AT, "portal"), (member.pk, "privacy", 1, AT, "portal")]

    wordings.publish("terms", text_en="Be kind.", text_zh_hans="请友善。", at=LATER)
    assert [(w.kind, w.version) for w in wordings.outstanding(member)] == [("terms", 2)]
    assert wordings.outstanding(factories.member(), kinds=["privacy"]) == [wordings.current("privacy")]
