"""The entry point of the web server."""

import io
import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")

application = get_wsgi_application()
# A web server runs no checks of its own: settings that are half done stop it here, with their sentence.
call_command("check", tags=["wallet"], stdout=io.StringIO())
