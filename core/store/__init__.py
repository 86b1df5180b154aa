"""Stores for files: the ``Store`` protocol, on a file system or in memory."""

from core.store.base import Store, Stored, StoreKeyError
from core.store.factory import private_store, public_store

__all__ = ["Store", "StoreKeyError", "Stored", "private_store", "public_store"]
