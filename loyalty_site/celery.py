"""The Celery application. Tasks are found in each app's `tasks.py`; the schedule is `loyalty_site.schedule`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")

app = Celery("changke")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
