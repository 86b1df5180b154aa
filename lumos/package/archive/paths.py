"""Names of files that mean one thing on every system (rule 6 of the archive rules)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from lumos.package.findings import Finding
from lumos.package.rulebook import RULES
from lumos.package.text import first_hidden

__all__ = ["fold_path", "name_problem", "tree_problems"]

MAX_PART = 255
MAX_PATH = 512
MAX_DEPTH = 20

_DEVICES = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³])", re.IGNORECASE
)
# Fraction, division and big slashes: NFKC leaves them, code pages do not.
_SLASHES = frozenset("\u2044\u2215\u29f5\u29f8\u29f9")
_PATH_MARK = re.compile(r'[/\\:<>"|?*]|^[. ]+$')
_FORBIDDEN = re.compile(r'[\\:<>"|?*]')


def name_problem(raw: bytes, *, is_utf8: bool) -> str | None:
    """Why the name of an entry is refused, as the end of "Its name …"; ``None`` if it is not."""
    try:
        name = raw.decode("utf-8" if is_utf8 else "ascii")
    except UnicodeDecodeError:
        return "is not UTF-8, or has not the flag that says so"
    if len(raw) > MAX_PATH:
        return f"has {len(raw)} bytes, more than {MAX_PATH}"
    if not name or name.startswith("/"):
        return "is empty or absolute"
    if hidden := first_hidden(name):
        return f"contains the invisible character {hidden}"
    if match := _FORBIDDEN.search(name):
        return f"contains the character {match[0]!a}, which is no part of a name everywhere"
    if unicodedata.normalize("NFC", name) != name:
        return "is not in Unicode's normal form NFC"
    if problem := _lookalike_problem(name):
        return problem
    parts = name.removesuffix("/").split("/")
    if len(parts) > MAX_DEPTH:
        return f"lies {len(parts)} folders deep, more than {MAX_DEPTH}"
    return next(filter(None, map(_part_problem, parts)), None)


def tree_problems(names: Iterable[str]) -> Iterator[Finding]:
    """Names that are one name on some system, and files that are folders as well."""
    spelled: dict[str, str] = {}
    kinds: dict[str, str] = {}
    seen: set[str] = set()
    for name in names:
        path = name.removesuffix("/")
        key = fold_path(path)
        if key in seen:
            yield RULES["archive/collision"].finding(
                f"{name!a} is there twice, perhaps in another spelling.", name
            )
        seen.add(key)
        for ancestor in _ancestors(path):
            if spelled.setdefault(fold_path(ancestor), ancestor) != ancestor:
                yield RULES["archive/collision"].finding(
                    f"{ancestor!a} is there in another spelling too.", name
                )
            if kinds.setdefault(fold_path(ancestor), "folder") != "folder":
                yield RULES["archive/file-and-folder"].finding(
                    f"{ancestor!a} is both a file and a folder.", name
                )
        kind = "folder" if name.endswith("/") else "file"
        if kinds.setdefault(key, kind) != kind or spelled.setdefault(key, path) != path:
            yield RULES["archive/file-and-folder"].finding(
                f"{name!a} is both a file and a folder.", name
            )


def fold_path(path: str) -> str:
    """What a file system that ignores case and composition makes of a path."""
    folded = unicodedata.normalize("NFC", path).casefold()
    return unicodedata.normalize("NFC", folded)


def _part_problem(part: str) -> str | None:
    if part in ("", ".", ".."):
        return f"has the part {part!a}, which leads elsewhere"
    if len(part.encode()) > MAX_PART:
        return f"has a part of more than {MAX_PART} bytes"
    if part[-1] in ". " or part[0] == " ":
        return f"has the part {part!a}, whose outer dot or space some systems drop"
    if _DEVICES.fullmatch(part.partition(".")[0].rstrip(" ")):
        return f"has the part {part!a}, which is a device on Windows"
    return None


def _lookalike_problem(name: str) -> str | None:
    """Characters that a system's own alphabet turns into another path (Windows' "best fit")."""
    for char in name:
        if char != " " and unicodedata.category(char) == "Zs":
            return f"contains U+{ord(char):04X}, a space that shows as another"
        plain = unicodedata.normalize("NFKC", char)
        if char in _SLASHES or (plain != char and _PATH_MARK.search(plain)):
            return f"contains U+{ord(char):04X}, which some systems take for {plain!a}"
    return None


def _ancestors(path: str) -> Iterator[str]:
    place = path.find("/")
    while place >= 0:
        yield path[:place]
        place = path.find("/", place + 1)
