"""The stores chosen by the settings.

Django's settings are imported in the functions, because the registry's server also imports this
package and runs without Django.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from core.store.base import Store
from core.store.files import FileStore
from core.store.memory import MemoryStore


@cache
def _in_memory(folder: Path) -> Store:
    """One store for each folder in this process."""
    return MemoryStore()


#: Values of the setting STORE.
STORES: dict[str, Callable[[Path], Store]] = {"files": FileStore, "memory": _in_memory}


def public_store() -> Store:
    """The registry's files, which anyone may read."""
    from django.conf import settings  # noqa: PLC0415

    return STORES[settings.STORE](settings.PUBLIC_DIR)


def private_store() -> Store:
    """Uploads that are being checked, and withheld wheels."""
    from django.conf import settings  # noqa: PLC0415

    return STORES[settings.STORE](settings.PRIVATE_DIR)
