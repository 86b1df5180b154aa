"""The bits of every UUID version that needs no name, by RFC 9562.

The node of versions 1 and 6 is random with the multicast bit set (section 6.10), so that no
identifier gives the machine's network address away.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping

__all__ = ["MAKERS"]

_HUNDREDS_OF_NS_TO_1970 = 0x01B21DD213814000
_MULTICAST = 1 << 40
_lock = threading.Lock()
_last = {"ticks": 0, "ordered": 0}


def random_bits(count: int) -> int:
    """``count`` bits from the operating system's secure source."""
    return int.from_bytes(os.urandom((count + 7) // 8)) >> (-count % 8)


def version_1() -> int:
    ticks = _next("ticks", time.time_ns() // 100 + _HUNDREDS_OF_NS_TO_1970)
    low, middle, high = ticks & 0xFFFFFFFF, ticks >> 32 & 0xFFFF, ticks >> 48 & 0x0FFF
    return _stamped(low << 96 | middle << 80 | high << 64 | _clock_and_node(), 1)


def version_4() -> int:
    return _stamped(random_bits(128), 4)


def version_6() -> int:
    ticks = _next("ticks", time.time_ns() // 100 + _HUNDREDS_OF_NS_TO_1970)
    return _stamped(ticks >> 12 << 80 | (ticks & 0x0FFF) << 64 | _clock_and_node(), 6)


def version_7() -> int:
    """Milliseconds, then 12 bits of a fraction (section 6.2, method 3), then 62 random bits."""
    now = time.time_ns()
    milliseconds, rest = divmod(now, 1_000_000)
    ordered = _next("ordered", milliseconds << 12 | (rest << 12) // 1_000_000)
    return _stamped(ordered >> 12 << 80 | (ordered & 0x0FFF) << 64 | random_bits(62), 7)


def _next(clock: str, value: int) -> int:
    """``value``, or one more than the last one, so that no value comes twice or goes back."""
    with _lock:
        _last[clock] = max(value, _last[clock] + 1)
        return _last[clock]


def _clock_and_node() -> int:
    return random_bits(14) << 48 | random_bits(48) | _MULTICAST


def _stamped(bits: int, version: int) -> int:
    """``bits`` with the version and the variant of RFC 9562 set."""
    bits = bits & ~(0xF << 76) | version << 76
    return bits & ~(0b11 << 62) | 0b10 << 62


MAKERS: Mapping[int, Callable[[], int]] = {1: version_1, 4: version_4, 6: version_6, 7: version_7}
