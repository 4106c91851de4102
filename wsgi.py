"""The entry for a production server: ``granian --interface wsgi wsgi:app``, or gunicorn with gthread workers."""

from surveyapp.app import create_app

app = create_app()
