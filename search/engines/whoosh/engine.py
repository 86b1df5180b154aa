"""The engine over Whoosh: an index in a folder, without a separate service.

``SEARCH_DIR/current`` is a symbolic link to the folder in use. A rebuild fills another folder and
then replaces the link, so readers see either the old index or the new one, and a killed rebuild
leaves the old one in use. Each thread has its own reader, because Whoosh's are not thread-safe.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from search.engines.base import Document, Hits, Query, SearchUnavailable
from search.engines.lock import Busy, FolderLock
from search.engines.whoosh.library import CLEAR, index, opened
from search.engines.whoosh.matching import find
from search.engines.whoosh.schema import SCHEMA, SCHEMA_VERSION, fields_of

logger = logging.getLogger("lumos.search")

#: Errors of the machine, not of the index: disk full, no permission, too many open files.
MACHINE_FAULTS = {
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE,
}  # fmt: skip


class WhooshEngine:
    """A SearchEngine over the folder ``root``, whose layout the module's docstring explains."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lock = FolderLock(root / "write.lock")
        self._mine = threading.local()

    def exclusive(self) -> AbstractContextManager[None]:
        """See SearchEngine.exclusive."""
        return self.lock

    def index(self, documents: Iterable[Document]) -> None:
        """See SearchEngine.index."""
        with self.lock:
            batch = list(documents)
            with self._writer() as writer:
                for document in batch:
                    writer.update_document(**fields_of(document))

    def remove(self, ids: Iterable[str]) -> None:
        """See SearchEngine.remove."""
        with self._writer() as writer:
            for document_id in ids:
                writer.delete_by_term("id", document_id)

    def rebuild(self, documents: Iterable[Document]) -> None:
        """See SearchEngine.rebuild."""
        with self.lock:
            folder = self.root / f"whoosh-{SCHEMA_VERSION}-{time.time_ns()}"
            folder.mkdir(parents=True)
            writer = index.create_in(folder, SCHEMA).writer(limitmb=64)
            try:
                for document in documents:
                    writer.add_document(**fields_of(document))
                writer.commit(mergetype=CLEAR)
            except BaseException:
                writer.cancel()
                shutil.rmtree(folder, ignore_errors=True)
                raise
            self._turn_to(folder)

    def search(self, query: Query) -> Hits:
        """See SearchEngine.search."""
        with self._reading() as searcher:
            if not searcher.doc_count():
                return Hits(0, (), {})
            page = find(searcher, query)
            cards = tuple(searcher.stored_fields(number)["card"] for number in page.numbers)
        return Hits(page.total, cards, page.categories)

    def count(self) -> int:
        """See SearchEngine.count."""
        with self._reading() as searcher:
            return int(searcher.doc_count())

    def ids(self) -> frozenset[str]:
        """See SearchEngine.ids."""
        if self._damage.exists():
            raise SearchUnavailable
        with self._reading() as searcher:
            return frozenset(fields["id"] for fields in searcher.reader().all_stored_fields())

    @property
    def _damage(self) -> Path:
        return self.root / "damaged"

    @contextmanager
    def _writer(self) -> Iterator[Any]:
        """Whoosh's writer. Errors inside are treated as a damaged index."""
        with self.lock, self._failures_named():
            writer = opened(self._folder(), SCHEMA).writer(timeout=5)
            try:
                yield writer
                writer.commit()
            finally:
                if not writer.is_closed:
                    writer.cancel()

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        with self._failures_named():
            yield self._searcher()

    @contextmanager
    def _failures_named(self) -> Iterator[None]:
        try:
            yield
        except (SearchUnavailable, Busy):
            raise
        except Exception as error:  # a damaged file can raise any error
            self._mine.searcher = None
            logger.exception("the search index failed")
            if self.root.is_dir() and getattr(error, "errno", None) not in MACHINE_FAULTS:
                self._damage.touch()
            raise SearchUnavailable from error

    def _searcher(self) -> Any:
        """This thread's searcher, at the newest state of the index."""
        folder = self._folder()
        while True:
            try:
                return self._opened(folder)
            except Exception:
                self._mine.searcher = None
                if folder == self._folder():
                    raise
                folder = self._folder()  # a rebuild removed the old one meanwhile

    def _opened(self, folder: Path) -> Any:
        mine, opened_as = self._mine, (folder, os.getpid())
        if getattr(mine, "searcher", None) is None or mine.opened != opened_as:
            mine.searcher = opened(folder, SCHEMA).searcher()
            mine.opened = opened_as
        mine.searcher = mine.searcher.refresh()
        return mine.searcher

    def _folder(self) -> Path:
        folder = self._current()
        if folder is None:
            with self.lock:
                if self._current() is None:
                    self.rebuild([])
            folder = self._current()
        if folder is None:
            raise SearchUnavailable
        return folder

    def _current(self) -> Path | None:
        """The folder in use; None if there is none or it has another schema version."""
        try:
            folder = (self.root / "current").resolve(strict=True)
        except OSError:
            return None
        return folder if folder.name.startswith(f"whoosh-{SCHEMA_VERSION}-") else None

    def _turn_to(self, folder: Path) -> None:
        aside = self.root / "current.new"
        aside.unlink(missing_ok=True)
        aside.symlink_to(folder.name)
        aside.replace(self.root / "current")
        self._damage.unlink(missing_ok=True)
        for other in self.root.glob("whoosh-*"):
            if other != folder:  # readers can still read the files that they have open
                shutil.rmtree(other, ignore_errors=True)
