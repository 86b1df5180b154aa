"""Where bytes are kept: a tiny contract with a file system and a memory behind it."""

from core.store.base import Store, StoreKeyError
from core.store.factory import private_store, public_store

__all__ = ["Store", "StoreKeyError", "private_store", "public_store"]
