"""Feeds and the sitemap as files in the public store: written by jobs, served as bytes."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from catalog.models import Tool
from core.store import StoreKeyError, public_store
from marketplace.feeds import NewTools, Releases
from marketplace.sitemaps import sitemap
from registry.tree import put_if_new

FOLDER = "feeds"
NEW_TOOLS = f"{FOLDER}/new.atom"
SITEMAP = f"{FOLDER}/sitemap.xml"


def releases_key(tool: Tool) -> str:
    """The key of the feed of a tool's releases."""
    return f"{FOLDER}/tools/{tool.full_name}.atom"


def write_releases(tool_id: int) -> bytes:
    """Write the feed of a tool's releases, or remove that of a withdrawn tool; returns the bytes.

    The tool's row is locked, so that an older state never replaces a newer one.
    """
    with transaction.atomic():
        Tool.objects.select_for_update().only("pk").get(pk=tool_id)
        tool = Tool.objects.select_related("namespace").defer("card", "document").get(pk=tool_id)
        if not Tool.objects.live().filter(pk=tool_id).exists():
            public_store().delete(releases_key(tool))
            return b""
        return _put(releases_key(tool), Releases().render(tool))


def write_new_tools() -> bytes:
    """Write the feed of new tools. An older state written at the same time lasts ten minutes."""
    return _put(NEW_TOOLS, NewTools().render())


def write_sitemap() -> bytes:
    """Write the sitemap; about 0.1 s of processor time for a thousand tools."""
    return _put(SITEMAP, sitemap())


def read(key: str, write: Callable[[], bytes]) -> bytes:
    """The stored bytes; ``write`` renders and stores them if no job has yet."""
    try:
        return public_store().get(key)
    except StoreKeyError:
        return write()


def forget() -> None:
    """Remove all of it, because SITE_URL, SITE_NAME or the code has changed."""
    store = public_store()
    for key in list(store.list(FOLDER)):
        store.delete(key)


def _put(key: str, data: bytes) -> bytes:
    put_if_new(public_store(), key, data)
    return data
