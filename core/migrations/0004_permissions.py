"""Staff may be allowed to start jobs."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("core", "0003_tell"),
    ]

    operations: ClassVar = [
        migrations.AlterModelOptions(
            name="jobrun",
            options={
                "permissions": [("run_job", "Can start a job")],
                "verbose_name": "job run",
                "verbose_name_plural": "job runs",
            },
        ),
    ]
