"""The difference of a held publication to the release before it, for the moderators' desk."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog.models import Release
from core.store import StoreKeyError, private_store, public_store
from lumos.package.archive.reader import Archive
from lumos.package.compatibility import Surface, compare
from lumos.package.findings import PackageRefused
from lumos.package.masking import Masker, masker_of
from lumos.package.schema.changes import Change
from lumos.package.wheel import Wheel, read_wheel
from publishing.history import release_before
from publishing.models import Publication
from publishing.uploads import spare_folder

#: Larger files are named but not compared line by line, and no more lines than this are shown.
MAX_FILE_BYTES = 200_000
MAX_LINES = 3000
MAX_FILES = 200
CONTEXT = 3


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that differs. ``diff`` is a unified diff; empty for binary or large files."""

    name: str
    kind: str  # added | removed | changed
    diff: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed against an earlier release."""

    version: str
    files: tuple[FileChange, ...]
    permissions_added: tuple[str, ...]
    permissions_removed: tuple[str, ...]
    functions: tuple[Change, ...]
    is_cut: bool = False


def difference(publication: Publication) -> Difference | None:
    """The difference to the release that the publication is compared with.

    None if there is no earlier release, or one of the two wheels is no longer stored or cannot be
    read. Secrets of both wheels are masked.
    """
    with spare_folder() as spare:
        new = stored_wheel(publication, spare / "new")
        previous = release_before(new.tool, new.version) if new else None
        old = _released_wheel(previous, spare / "old") if previous else None
        if new is None or old is None or previous is None:
            return None
        return _difference(previous, old, new)


def stored_wheel(publication: Publication, folder: Path) -> Wheel | None:
    """The publication's wheel, from the private store or, once live, from the public one."""
    key, store = publication.upload_key, private_store()
    if publication.release is not None:
        key, store = publication.release.file_key, public_store()
    return _read(store.get_to_file, key, folder, publication.filename)


def _released_wheel(release: Release, folder: Path) -> Wheel | None:
    return _read(public_store().get_to_file, release.file_key, folder, release.filename)


def _read(get_to_file: object, key: str, folder: Path, filename: str) -> Wheel | None:
    folder.mkdir()
    try:
        get_to_file(key, folder / filename)  # type: ignore[operator]
        return read_wheel(folder / filename, filename=filename)
    except (StoreKeyError, PackageRefused):
        return None


def _difference(previous: Release, old: Wheel, new: Wheel) -> Difference:
    files, is_cut = _shown(old, new)
    before = [str(permission) for permission in old.manifest.permissions]
    now = [str(permission) for permission in new.manifest.permissions]
    return Difference(
        version=previous.version,
        files=files,
        permissions_added=tuple(text for text in now if text not in before),
        permissions_removed=tuple(text for text in before if text not in now),
        functions=tuple(compare(Surface(old.functions), Surface(new.functions))),
        is_cut=is_cut,
    )


def _shown(old: Wheel, new: Wheel) -> tuple[tuple[FileChange, ...], bool]:
    """The changed files, code first, until MAX_LINES lines are shown."""
    changes: list[FileChange] = []
    left = MAX_LINES
    names = sorted(_differing(old.archive, new.archive), key=lambda name: (_rank(name), name))
    masker = _Both(masker_of(old.archive), masker_of(new.archive))
    for name in names[:MAX_FILES]:
        change = _change(name, old.archive, new.archive, masker, left)
        left -= change.diff.count("\n")
        changes.append(change)
    return tuple(changes), left <= 0 or len(names) > MAX_FILES


def _rank(name: str) -> int:
    return 0 if name.endswith(".py") else 1 if ".dist-info/" not in name else 2


def _differing(old: Archive, new: Archive) -> Iterator[str]:
    """Names of files that were added, removed or changed; a CRC alone is no proof of sameness."""
    before = {_plain(entry.name): entry for entry in old.files}
    now = {_plain(entry.name): entry for entry in new.files}
    for name in before.keys() | now.keys():
        if name.endswith(".dist-info/RECORD"):
            continue
        is_in_both = name in before and name in now
        if not is_in_both or _digest(old, before[name].name) != _digest(new, now[name].name):
            yield name


def _plain(name: str) -> str:
    """The name without the version in the name of the metadata folder."""
    folder, slash, rest = name.partition("/")
    if slash and folder.endswith(".dist-info"):
        return f"{folder.partition('-')[0]}.dist-info/{rest}"
    return name


def _digest(archive: Archive, name: str) -> str:
    digest = hashlib.sha256()
    for block in archive.chunks(archive.entry(name)):
        digest.update(block)
    return digest.hexdigest()


class _Both:
    """Masks the secrets of two packages."""

    def __init__(self, first: Masker, second: Masker) -> None:
        self.maskers = (first, second)

    def text(self, text: str) -> str:
        for masker in self.maskers:
            text = masker.text(text, source=True)
        return text


def _change(name: str, old: Archive, new: Archive, masker: _Both, left: int) -> FileChange:
    before, now = _text(old, name), _text(new, name)
    kind = "added" if before is None else "removed" if now is None else "changed"
    if before == "" or now == "" or left <= 0:
        return FileChange(name, kind)
    lines = difflib.unified_diff(
        masker.text(before or "").splitlines(),
        masker.text(now or "").splitlines(),
        lineterm="",
        n=CONTEXT,
    )
    shown = [line[:400] for line in list(lines)[2:][:left]]
    return FileChange(name, kind, "\n".join(shown))


def _text(archive: Archive, name: str) -> str | None:
    """A file's text; None if it is missing, empty if it is binary or too large to compare."""
    entry = next((entry for entry in archive.files if _plain(entry.name) == name), None)
    if entry is None:
        return None
    if entry.size > MAX_FILE_BYTES:
        return ""
    data = archive.read(entry.name)
    return "" if b"\0" in data else data.decode("utf-8", "replace")
