"""The Celery application. Tasks are found in each app's `tasks.py`; the schedule is `loyalty_site.schedule`."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")
# By the names of the schemes, since an address of a unix socket names its transport itself (`redis+socket`).
TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "loyalty_site.transport:Transport"))

app = Celery("changke")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
