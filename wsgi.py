"""The entry for a production server: ``granian --interface wsgi wsgi:app`` or ``gunicorn --worker-class gthread wsgi:app``."""

from surveyapp.app import create_app

app = create_app()
