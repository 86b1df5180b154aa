from django.apps import AppConfig
from django.urls import register_converter


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        """Addresses may say ``<id:…>``; registered once, as several apps use it."""
        from core.plain import IdConverter  # noqa: PLC0415 - only once Django is set up

        register_converter(IdConverter, "id")
