"""Lots count what expired of them; movements are checked as sets, and found by their posting alone."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from core.db import install
from points import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("points", "0006_days")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="lot",
            name="expired",
            field=models.BigIntegerField(db_default=0, default=0, verbose_name="expired"),
        ),
        migrations.RemoveConstraint(model_name="lot", name="points_lot_not_negative"),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=Q(granted__gte=0, remaining__gte=0, reserved__gte=0, expired__gte=0),
                name="points_lot_not_negative",
            ),
        ),
        migrations.AlterField(
            model_name="movement",
            name="posting",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="movements",
                to="points.posting",
                verbose_name="posting",
            ),
        ),
        migrations.AlterField(
            model_name="movement",
            name="lot",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="movements",
                to="points.lot",
                verbose_name="lot",
            ),
        ),
        migrations.RunSQL(
            """
            update points_lot l set expired = m.points
            from (select lot_id, sum(case when to_bucket = 'expired' then points else -points end) as points
                  from points_movement where 'expired' in (from_bucket, to_bucket) group by lot_id) m
            where l.id = m.lot_id and m.points <> 0;
            """,
            migrations.RunSQL.noop,
        ),
        *install(SQL, "movement_guard", "ledger_touch", "ledger_sweep", "ledger_reverse", "ledger_restore"),
    ]
