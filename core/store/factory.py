"""The stores that the settings choose.

Django's settings are read in the functions: the registry's server imports this package, too, and
runs without Django.
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
    """One store for each name in this process."""
    return MemoryStore()


#: The values of the setting STORE; each makes the store that takes the place of a folder.
STORES: dict[str, Callable[[Path], Store]] = {"files": FileStore, "memory": _in_memory}


def public_store() -> Store:
    """The registry's tree: anyone may read what is stored here."""
    from django.conf import settings  # noqa: PLC0415

    return STORES[settings.STORE](settings.PUBLIC_DIR)


def private_store() -> Store:
    """Uploads that wait for their verdict, and wheels that are withheld."""
    from django.conf import settings  # noqa: PLC0415

    return STORES[settings.STORE](settings.PRIVATE_DIR)
