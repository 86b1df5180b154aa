"""The frame around the apps: settings, addresses, Celery, the WSGI door."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
