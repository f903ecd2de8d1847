"""More kinds of greetings. That points will expire is one of them now, and no longer told by the night."""

from typing import Any, ClassVar

import django.core.validators
from django.db import migrations, models
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext

from campaigns import journeys


def take_over(apps: Any, _editor: Any) -> None:
    """Make the greetings that tell of points that will expire, as early as the programme did so far, and switch them
    on. Who was told today is not told again: they begin with the next day."""
    programme = apps.get_model("core", "Programme").objects.first()
    if programme is None:
        return
    with translation.override(programme.language):
        for code in journeys.FROM_THE_BEGINNING:
            journey = journeys.BY_CODE[code]
            values = {"name": str(journey.name), "is_active": True, "planned_at": timezone.now(), **journey.columns()}
            if code == "expiry-30" and programme.expiry_notice_days not in {0, values["days_before"]}:
                values["days_before"] = programme.expiry_notice_days
                values["name"] = capfirst(gettext("points will expire"))
            apps.get_model("campaigns", "Greeting").objects.create(**values)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("campaigns", "0004_occasions_are_checked_as_sets"),
        ("core", "0006_brand"),
    ]

    operations: ClassVar = [
        migrations.RemoveConstraint(
            model_name="greeting",
            name="campaigns_greeting_counts_from_one",
        ),
        migrations.AddField(
            model_name="greeting",
            name="days_before",
            field=models.PositiveSmallIntegerField(
                default=30,
                help_text="How many days before the last one on which the points can be used, or the tier is held.",
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)],
                verbose_name="days before",
            ),
        ),
        migrations.AddField(
            model_name="greeting",
            name="days_without",
            field=models.PositiveSmallIntegerField(
                default=90,
                validators=[
                    django.core.validators.MinValueValidator(7),
                    django.core.validators.MaxValueValidator(1000),
                ],
                verbose_name="days without a purchase",
            ),
        ),
        migrations.AddField(
            model_name="greeting",
            name="html",
            field=models.TextField(
                blank=True,
                help_text="Only where the text's own look is not enough. Empty: made of the text.",
                verbose_name="HTML of the e-mail",
            ),
        ),
        migrations.AddField(
            model_name="greeting",
            name="html_en",
            field=models.TextField(
                blank=True,
                help_text="Only where the text's own look is not enough. Empty: made of the text.",
                null=True,
                verbose_name="HTML of the e-mail",
            ),
        ),
        migrations.AddField(
            model_name="greeting",
            name="html_zh_hans",
            field=models.TextField(
                blank=True,
                help_text="Only where the text's own look is not enough. Empty: made of the text.",
                null=True,
                verbose_name="HTML of the e-mail",
            ),
        ),
        migrations.AddField(
            model_name="greeting",
            name="journey",
            field=models.CharField(blank=True, default="", editable=False, max_length=20),
        ),
        migrations.AlterField(
            model_name="greeting",
            name="days_after",
            field=models.PositiveSmallIntegerField(
                default=1,
                help_text="How many days after joining, reaching the tier, the first purchase, or the return.",
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)],
                verbose_name="days after",
            ),
        ),
        migrations.AlterField(
            model_name="greeting",
            name="kind",
            field=models.CharField(
                choices=[
                    ("birthday", "birthday"),
                    ("holiday", "festival"),
                    ("anniversary", "anniversary of joining"),
                    ("welcome", "after joining"),
                    ("tier", "after reaching a tier"),
                    ("first", "after the first purchase"),
                    ("return", "after a return"),
                    ("missed", "no purchase for long"),
                    ("expiry", "points will expire"),
                    ("at_risk", "tier at risk"),
                ],
                max_length=11,
                verbose_name="occasion",
            ),
        ),
        migrations.AlterField(
            model_name="occasion",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_address", "no address for this channel"),
                    ("no_consent", "no consent"),
                    ("refused", "said no to marketing"),
                    ("listed", "address on the suppression list"),
                    ("too_young", "below the age of consent"),
                    ("left", "membership suspended or closed"),
                    ("changed_birthday", "had a birthday greeting within the year"),
                    ("one_a_day", "another message that day"),
                    ("gone", "no longer so"),
                    ("empty_placeholder", "nothing to fill a placeholder with"),
                    ("sold_out", "the voucher's reward is sold out"),
                ],
                max_length=20,
                verbose_name="reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="greeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("bonus_points__isnull", True), ("bonus_points__gt", 0), _connector="OR"),
                    ("days_after__gt", 0),
                    ("days_before__gt", 0),
                    ("days_without__gt", 0),
                ),
                name="campaigns_greeting_counts_from_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="greeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["expiry", "at_risk"]), _negated=True),
                    models.Q(("bonus_points__isnull", True), ("reward__isnull", True)),
                    _connector="OR",
                ),
                name="campaigns_greeting_service_gives_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="greeting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("journey", ""), _negated=True),
                fields=("journey",),
                name="campaigns_greeting_journey_once",
            ),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
