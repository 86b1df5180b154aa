"""The function: a version and a count in, that many UUIDs out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lumos_uuid_generator.versions import MAKERS

__all__ = ["MAX_COUNT", "UuidBatch", "uuid_generator"]

MAX_COUNT = 10_000
_NAMED = (3, 5)


@dataclass(frozen=True)
class UuidBatch:
    """Fresh UUIDs.

    Attributes:
        uuids: The UUIDs, all different; of versions 6 and 7 in ascending order.
        version: Their version.
        count: How many there are.
    """

    uuids: list[str]
    version: int
    count: int


def uuid_generator(
    version: Literal[1, 4, 6, 7] = 4,
    count: int = 1,
    format: Literal["standard", "simple", "urn"] = "standard",
) -> UuidBatch:
    """Generate one or more universally unique identifiers (UUIDs) by RFC 9562.

    Version 4 is random. Version 7 begins with the time in milliseconds and sorts by it, which
    suits keys of databases. Versions 1 and 6 hold the time as well; their node is random, never
    the network address of the machine.

    Args:
        version: 4 for random, 7 for sortable by time, 1 or 6 where an older form is asked for.
        count: How many UUIDs to make, from 1 to 10000.
        format: "standard" with hyphens, "simple" without, or "urn" with urn:uuid: in front.

    Returns:
        The UUIDs, all different.

    Raises:
        ValueError: The version or the format is not known, or the count is out of bounds.
    """
    _check(version, count, format)
    make = MAKERS[version]
    return UuidBatch([_written(make(), format) for _ in range(count)], version, count)


def _check(version: int, count: int, format: str) -> None:
    if version in _NAMED:
        raise ValueError(
            f"Version {version} is computed from a name, which this tool does not take. "
            "Use version 4 (random) or 7 (sortable by time)."
        )
    if version not in MAKERS:
        raise ValueError(
            f"There is no UUID version {version!r} here. "
            "Use 4 (random), 7 (sortable by time), 1 or 6."
        )
    if not 1 <= count <= MAX_COUNT:
        raise ValueError(
            f"count is {count}, but it must lie between 1 and {MAX_COUNT}. "
            "Call the tool again for more."
        )
    if format not in ("standard", "simple", "urn"):
        raise ValueError(f"The format {format!r} is not known. Choose standard, simple or urn.")


def _written(bits: int, format: str) -> str:
    text = f"{bits:032x}"
    if format == "simple":
        return text
    hyphened = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    return f"urn:uuid:{hyphened}" if format == "urn" else hyphened
