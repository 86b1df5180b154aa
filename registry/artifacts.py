"""Keep the wheels of available releases, and no others, in the public store."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import zipfile
import zlib
from dataclasses import replace

from catalog.models import Release, Tool, ToolStatus
from core.store import Store, StoreKeyError
from lumos.package.index import IndexMark
from lumos.package.keys import metadata_key
from registry.values import Artifact, Listing, ReleaseEntry

logger = logging.getLogger("lumos.registry")

#: The folder of quarantined wheels in the private store.
WITHHELD = "withheld"
UNKNOWN = "Withheld, but the database has no quarantine for it. A moderator has to decide."


def bring_back(listing: Listing, public: Store, private: Store) -> list[str]:
    """Restore available wheels that a quarantine removed from the tree; returns the lost keys."""
    lost = []
    for release in listing.offered:
        for key in with_metadata(release.artifact.key):
            if public.exists(key):
                continue
            try:
                with private.open(f"{WITHHELD}/{key}") as stored:
                    public.put(key, stored.stream)
            except StoreKeyError:
                is_metadata = key != release.artifact.key
                if is_metadata and restore_metadata(release.artifact, public):
                    continue
                logger.warning("%s is lost: the index lists it, but the file does not exist", key)
                lost.append(key)
    return lost


def still_withheld(values: Listing, public: Store, private: Store) -> Listing:
    """The listing, with withheld wheels marked as quarantined.

    If the database offers a withheld wheel although no moderator just released it, the database
    may have been restored from a backup older than the quarantine. A sweep must not undo it.
    """
    entries = tuple(
        _withheld(entry) if _is_withheld(entry, public, private) else entry
        for entry in values.releases
    )
    return replace(values, releases=entries)


def _withheld(entry: ReleaseEntry) -> ReleaseEntry:
    mark = IndexMark(reason=UNKNOWN, at=entry.artifact.uploaded_at)
    return replace(entry, index=replace(entry.index, quarantined=mark))


def _is_withheld(release: ReleaseEntry, public: Store, private: Store) -> bool:
    key = release.artifact.key
    if release.index.quarantined or public.exists(key) or not private.exists(f"{WITHHELD}/{key}"):
        return False
    logger.warning("%s is withheld although the database offers it: quarantine or release it", key)
    return True


def restore_metadata(artifact: Artifact, public: Store) -> bool:
    """Write a lost METADATA file again from its wheel; False if the wheel is lost as well."""
    try:
        with public.open(artifact.key) as stored, zipfile.ZipFile(stored.stream) as wheel:
            name = next(
                entry for entry in wheel.namelist() if entry.endswith(".dist-info/METADATA")
            )
            data = wheel.read(name)
    except (StoreKeyError, zipfile.BadZipFile, StopIteration, zlib.error):
        return False
    if hashlib.sha256(data).hexdigest() != artifact.metadata_sha256:
        return False
    public.put(metadata_key(artifact.key), data)
    return True


def withhold(tool: Tool, listing: Listing, public: Store, private: Store) -> None:
    """Remove unavailable wheels from the tree; quarantined ones move to the private store."""
    offered = {entry.artifact.key for entry in listing.offered}
    for release in tool.releases.only("sha256", "filename", "deleted_at", "tool"):
        for key in with_metadata(release.file_key):
            aside = f"{WITHHELD}/{key}"
            if release.file_key in offered:
                private.delete(aside)
                continue
            if _is_deleted(tool, release):
                private.delete(aside)
            elif not private.exists(aside):
                with contextlib.suppress(StoreKeyError), public.open(key) as stored:
                    private.put(aside, stored.stream)
            public.delete(key)


def with_metadata(key: str) -> tuple[str, str]:
    """The keys of a wheel and of its metadata file."""
    return key, metadata_key(key)


def _is_deleted(tool: Tool, release: Release) -> bool:
    return tool.status == ToolStatus.DELETED or release.deleted_at is not None
