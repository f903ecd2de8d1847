"""The site: settings, urls, Celery, the launcher and the demo. Wiring only, no rules of the programme.

Imports nothing: the launcher's first step runs under a bare Python, before anything is installed. The Celery
application is loaded with Django's applications, in `loyalty_site.apps`.
"""
