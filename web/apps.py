from django.apps import AppConfig
from django.urls import register_converter


class WebConfig(AppConfig):
    name = "web"

    def ready(self) -> None:
        """Register the ``<id:…>`` path converter."""
        from web.request_guard import IdConverter  # noqa: PLC0415 - only once Django is set up

        register_converter(IdConverter, "id")
