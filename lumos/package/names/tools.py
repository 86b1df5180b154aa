"""Names of tools and namespaces (design §3): their form, what is reserved, what they resemble.

A tool ``acme/web-search`` is the distribution ``acme-web-search`` and the import package
``acme_web_search``. A namespace has no hyphen, so no two tools can collide in either form.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lumos.package.names.reserved import OFFICIAL_NAMESPACE, POPULAR_PREFIXES, RESERVED_WORDS

__all__ = [
    "OFFICIAL_NAMESPACE",
    "RESERVED_NAMES",
    "RESERVED_NAMESPACES",
    "InvalidName",
    "ToolName",
    "canonical",
    "check_name",
    "check_namespace",
    "fold",
    "is_popular",
]

NAMESPACE_PATTERN = r"[a-z][a-z0-9]{1,38}"
NAME_PATTERN = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
MAX_NAME_LENGTH = 64

_POPULAR = Path(__file__).with_name("data") / "popular-python.txt"

# A namespace is reserved if this many popular distributions begin with it and a hyphen ...
_PREFIX_COUNT = 8
# ... or if it is itself the name of one of this many most downloaded distributions.
_TOP_NAMES = 1000


class InvalidName(ValueError):
    """A name that cannot be used; the message says what, why and what to try."""


@dataclass(frozen=True, order=True, slots=True)
class ToolName:
    """The name of a tool, ``namespace/name``. Construct it with :meth:`parse`."""

    namespace: str
    name: str

    @classmethod
    def parse(cls, text: str) -> ToolName:
        """Read ``acme/web-search``; a bare ``web-search`` means ``lumos/web-search``.

        Only the form is checked, so that names reserved later can still be read.
        """
        namespace, slash, name = text.partition("/")
        if not slash:
            namespace, name = OFFICIAL_NAMESPACE, text
        return cls(_namespace_form(namespace), _name_form(name))

    @classmethod
    def from_distribution(cls, text: str) -> ToolName:
        """Read ``acme-web-search`` (any spelling that PEP 503 calls the same name)."""
        namespace, hyphen, name = canonical(text).partition("-")
        if not hyphen:
            raise InvalidName(
                f"The distribution name {_shown(text)} has no namespace. A tool's distribution is "
                "called {namespace}-{name}, so that no two tools collide. "
                f"Try your namespace in front, for example acme-{namespace or 'tool'}."
            )
        return cls(_namespace_form(namespace), _name_form(name))

    @property
    def distribution(self) -> str:
        """The name of the Python distribution, ``acme-web-search``."""
        return f"{self.namespace}-{self.name}"

    @property
    def import_package(self) -> str:
        """The name of the one top-level import package, ``acme_web_search``."""
        return self.distribution.replace("-", "_")

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


def check_namespace(text: str, *, official: bool = False) -> str:
    """Return ``text`` if it may be taken as a namespace, else raise :class:`InvalidName`.

    ``lumos`` is refused unless ``official`` is set, which is for the marketplace itself.
    """
    _namespace_form(text)
    if official and text == OFFICIAL_NAMESPACE:
        return text
    if text in RESERVED_NAMESPACES:
        raise InvalidName(
            f'The namespace "{text}" is reserved: it is a word of the marketplace or the beginning '
            "of well-known Python distributions, whose names its tools could be mistaken for. "
            f'Try a name of your own, for example "{text[:34]}tools" or your organization\'s name.'
        )
    return text


def check_name(text: str) -> str:
    """Return ``text`` if a tool may be called so in any namespace, else :class:`InvalidName`."""
    _name_form(text)
    if text in RESERVED_NAMES:
        raise InvalidName(
            f'The tool name "{text}" is reserved: pages or commands of the marketplace use this '
            f'word. Try a name that says what the tool does, for example "{text}-helper".'
        )
    return text


def is_popular(name: str) -> bool:
    """Whether a popular Python distribution bears this distribution or import name."""
    return canonical(name) in _popular()


def fold(name: str) -> str:
    """Reduce a name to what the eye takes in, for exact comparison of two folded names.

    Case, accents and the separators ``-``, ``_``, ``.`` and space vanish; characters that are
    taken for one another become one (``0`` and ``o``; ``1``, ``i`` and ``l``; ``rn`` and ``m``;
    ``vv`` and ``w``; the commonest Cyrillic and Greek letters that look Latin). A slash stays.
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = re.sub(r"[-_.\s]+", "", plain).translate(_TWINS)
    return plain.replace("rn", "m").replace("vv", "w")


_TWINS = str.maketrans(
    "01iіıӏǀаеорсухһјѕԁԛԝαενορτυχκ",
    "olllllla" + "eopcyxhjsdqw" + "aevoptuxk",
)


def _namespace_form(text: str) -> str:
    if re.fullmatch(NAMESPACE_PATTERN, text):
        return text
    raise InvalidName(
        f"{_shown(text)} is not a namespace. A namespace has 2 to 39 lower-case letters and "
        "digits, begins with a letter and has no hyphen, so that it ends where a distribution's "
        f'first hyphen stands. Try "{_suggest(text, separator="") or "acme"}".'
    )


def _name_form(text: str) -> str:
    if len(text) <= MAX_NAME_LENGTH and re.fullmatch(NAME_PATTERN, text):
        return text
    raise InvalidName(
        f"{_shown(text)} is not a tool name. A name has at most {MAX_NAME_LENGTH} lower-case "
        "letters, digits and single hyphens and begins with a letter, so that it is the same in "
        f'addresses, commands and imports. Try "{_suggest(text, separator="-") or "web-search"}".'
    )


def _suggest(text: str, *, separator: str) -> str:
    """The nearest well-formed name, or an empty string."""
    plain = unicodedata.normalize("NFKD", text[:200]).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", separator, plain).lstrip("-0123456789")
    plain = plain[: MAX_NAME_LENGTH if separator else 39].rstrip("-")
    return plain if len(plain) > 1 else ""


def _shown(text: str) -> str:
    """The text as an error may show it: quoted, escaped and short."""
    shown = text if len(text) <= 80 else text[:77] + "..."
    return ascii(shown).replace("'", '"')


def canonical(distribution: str) -> str:
    """The name of a distribution in the one spelling that package indexes use (PEP 503)."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


@cache
def _popular() -> frozenset[str]:
    return frozenset(_popular_in_order())


def _popular_in_order() -> list[str]:
    """The committed list, most downloaded first; its names are canonical already."""
    lines = _POPULAR.read_text("utf-8").splitlines()
    return [line for line in lines if line and line[0] != "#"]


def _reserved_namespaces() -> frozenset[str]:
    popular = _popular_in_order()
    prefixes = Counter(name.partition("-")[0] for name in popular if "-" in name)
    counted = {prefix for prefix, count in prefixes.items() if count >= _PREFIX_COUNT}
    top = {name for name in popular[:_TOP_NAMES] if "-" not in name}
    return frozenset({OFFICIAL_NAMESPACE} | RESERVED_WORDS | POPULAR_PREFIXES | counted | top)


RESERVED_NAMES: frozenset[str] = RESERVED_WORDS | {OFFICIAL_NAMESPACE}
RESERVED_NAMESPACES: frozenset[str] = _reserved_namespaces()
