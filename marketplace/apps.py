"""The shop's Django app."""

from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    """Pages, reviews and account pages."""

    name = "marketplace"
    default_auto_field = "django.db.models.BigAutoField"
