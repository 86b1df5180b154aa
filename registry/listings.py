"""The files of one tool: built from its listing, written under the lock of its row."""

from __future__ import annotations

from django.db import transaction

from catalog.models import Tool
from core.store import Store, private_store, public_store
from lumos.package.keys import namespace_key
from registry import documents, simple
from registry.artifacts import bring_back, still_withheld, with_metadata, withhold
from registry.tree import project_files, put_if_new, write_project
from registry.values import Listing, listing


def write_listing(tool_id: int, *, sweeping: bool = False) -> Listing:
    """Write the tool's documents and move its wheels to match the database.

    With ``sweeping``, wheels that were withheld stay withheld (see ``still_withheld``).
    """
    public, private = public_store(), private_store()
    with transaction.atomic():
        tool = (
            Tool.objects.select_for_update(of=("self",))
            .select_related("namespace", "successor__namespace")
            .get(pk=tool_id)
        )
        values = listing(tool)
        if sweeping:
            values = still_withheld(values, public, private)
        # Files are added before the documents that list them, and removed after them.
        bring_back(values, public, private)
        write_documents(values, public)
        withhold(tool, values, public, private)
    return values


def write_documents(values: Listing, store: Store) -> None:
    """The index document, its copy under its own hash, and the simple pages."""
    document = documents.tool_document(values)
    key, hashed = documents.keys_of(values, document)
    put_if_new(store, namespace_key(values.namespace), b"")
    # The copy is written first, and again with each change of the document, so that a sweep sees
    # from its age that it is in use.
    if not store.exists(hashed) or not _stands(store, key, document):
        store.put(hashed, document)
    put_if_new(store, key, document)
    write_project(store, simple.project(values))


def files(values: Listing) -> dict[str, bytes]:
    """The tool's documents by their keys."""
    document = documents.tool_document(values)
    return {
        **dict.fromkeys(documents.keys_of(values, document), document),
        **project_files(simple.project(values)),
    }


def wheel_keys(values: Listing) -> set[str]:
    """The keys of the available wheels and of their metadata."""
    return {key for entry in values.offered for key in with_metadata(entry.artifact.key)}


def stand(written: dict[str, bytes], store: Store) -> bool:
    """Whether the documents in the tree equal ``written``."""
    return all(_stands(store, key, data) for key, data in written.items())


def _stands(store: Store, key: str, data: bytes) -> bool:
    return store.exists(key) and store.get(key) == data
