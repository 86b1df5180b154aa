"""The engine over Whoosh 2.7.4."""

from search.engines.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
