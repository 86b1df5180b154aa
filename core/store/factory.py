"""The stores that the settings name."""

from __future__ import annotations

from django.conf import settings

from core.store.base import Store
from core.store.files import FileStore


def public_store() -> Store:
    """The registry's tree: whatever stands here, anyone may read."""
    return FileStore(settings.PUBLIC_DIR)


def private_store() -> Store:
    """Uploads that wait for their verdict."""
    return FileStore(settings.PRIVATE_DIR)
