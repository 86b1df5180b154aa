"""The Django app of the pages."""

from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    """Pages, reviews and account pages."""

    name = "marketplace"
    default_auto_field = "django.db.models.BigAutoField"
