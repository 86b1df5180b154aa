"""Repair the registry's files: rewrite those that differ, and remove those not in the database."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Namespace
from catalog.models import Release, ToolStatus
from core.store import Store, StoreKeyError, private_store, public_store
from registry import listings
from registry.artifacts import with_metadata
from registry.cli_wheel import cli_keys
from registry.damage import Verifier
from registry.tree import CONFIG, ROOT_HTML, ROOT_JSON, claim, write_config
from registry.values import all_listings

logger = logging.getLogger("lumos.registry")

#: Seconds for which an unlisted file is kept. It may belong to a go-live that has not committed
#: yet, or a client may just have read the document that listed it.
GRACE_SECONDS = 3600.0
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Repaired:
    """The result of a sweep: tools checked, keys removed, wheels lost and damaged."""

    tools: int
    removed: tuple[str, ...]
    lost: tuple[str, ...]
    damaged: tuple[str, ...] = ()


def repair(*, grace: float = GRACE_SECONDS) -> Repaired:
    """Make the whole tree match the database; safe to run next to other writers.

    A tool whose files are correct is read without a lock and not written.
    """
    store, private = public_store(), private_store()
    verifier = Verifier(store, private)
    expected = {CONFIG, ROOT_HTML, ROOT_JSON}
    hidden, tools = _hidden_wheels(), 0
    for tool_id, seen in all_listings():
        tools += 1
        written, wheels = listings.files(seen), listings.wheel_keys(seen)
        complete = listings.stand(written, store) and all(map(store.exists, wheels))
        if not complete or any(map(store.exists, hidden.get(tool_id, ()))):
            values = listings.write_listing(tool_id, sweeping=True)
            written, wheels = listings.files(values), listings.wheel_keys(values)
        verifier.look(tool_id, seen)
        expected |= written.keys() | wheels
    verifier.finish()
    expected |= {claim(name) for name in Namespace.objects.values_list("name", flat=True)}
    write_config()
    expected |= cli_keys(store)
    removed = tuple(key for key in _unexpected(store, expected) if _remove_old(store, key, grace))
    store.remove_leftovers(grace)
    lost = tuple(sorted(key for key in expected if not store.exists(key)))
    if removed or lost:
        logger.warning(
            "Repaired the registry: %s files removed, lost: %s", len(removed), _some(lost)
        )
    return Repaired(tools, removed, lost, tuple(verifier.damaged))


def _hidden_wheels() -> dict[int, list[str]]:
    """The wheels that are not available, by tool."""
    hidden = Q(quarantined_at__isnull=False) | Q(deleted_at__isnull=False)
    hidden |= Q(tool__status__in=[ToolStatus.QUARANTINED, ToolStatus.DELETED])
    keys: dict[int, list[str]] = {}
    for release in Release.objects.filter(hidden).only("tool", "sha256", "filename").iterator():
        keys.setdefault(release.tool_id, []).extend(with_metadata(release.file_key))
    return keys


def _some(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
    return ", ".join(keys[:SHOWN]) + more if keys else "none"


def _unexpected(store: Store, expected: set[str]) -> list[str]:
    trees = ("index", "simple", "files")
    return [key for tree in trees for key in store.list(tree) if key not in expected]


def _remove_old(store: Store, key: str, grace: float) -> bool:
    try:
        age = time.time() - store.modified(key)
    except StoreKeyError:
        return False
    if age < grace:
        return False
    store.delete(key)
    return True
