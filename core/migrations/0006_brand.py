"""What staff make the members' pages their own with: a theme colour and a logo."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import migrations, models

from core.db import changes_programme


class Migration(migrations.Migration):
    dependencies: ClassVar = [("core", "0005_revisions")]

    operations: ClassVar = [
        migrations.AddField(
            "programme",
            "theme_colour",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The members' pages take it up, darker or lighter where text would be hard to read. "
                "Empty: our own.",
                max_length=7,
                validators=[
                    RegexValidator("^#[0-9a-fA-F]{6}$", "Give a colour as # and six hex digits, such as #0b6e4f.")
                ],
                verbose_name="theme colour",
            ),
        ),
        migrations.AddConstraint(
            "programme",
            models.CheckConstraint(
                condition=models.Q(theme_colour="") | models.Q(theme_colour__regex="^#[0-9a-fA-F]{6}$"),
                name="core_programme_theme_colour",
            ),
        ),
        migrations.CreateModel(
            "Logo",
            [
                ("id", models.SmallAutoField(primary_key=True, serialize=False)),
                ("image", models.BinaryField()),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(id=1), name="core_logo_is_one")],
            },
        ),
        changes_programme("core_logo"),
    ]
