"""Sort keys of versions for the database."""

from __future__ import annotations

from lumos.package.versions import Version


def sort_key(version: Version) -> str:
    """A string of digits whose order in any collation is SemVer precedence.

    Ten digits each for major, minor and patch, then ``9`` for a final version or 0, 1, 2 for
    alpha, beta, rc, then ten digits of the pre-release's number.
    """
    core = "".join(f"{number:010d}" for number in (version.major, version.minor, version.patch))
    if not version.is_prerelease:
        return f"{core}90000000000"
    kind, _, number = str(version).partition("-")[2].partition(".")
    return f"{core}{('alpha', 'beta', 'rc').index(kind)}{int(number):010d}"
