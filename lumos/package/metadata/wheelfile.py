"""The names of a wheel: its file name, its ``WHEEL`` file and its dist-info folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.parser import HeaderParser

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from lumos.package.findings import Finding, PackageRefused
from lumos.package.metadata.headers import header_problem
from lumos.package.names.tools import canonical
from lumos.package.rulebook import RULES

__all__ = ["Naming", "WheelInfo", "find_dist_info", "parse_filename", "parse_wheel_info"]

#: The file system takes 255 bytes, of which ".metadata" and what clients add need some.
MAX_FILENAME = 220
_ONCE = ("Wheel-Version", "Generator", "Root-Is-Purelib", "Build")


@dataclass(frozen=True, slots=True)
class Naming:
    """What the file name says. ``is_pure``: for every platform."""

    distribution: str
    version: str
    tags: tuple[str, ...]
    is_pure: bool


@dataclass(frozen=True, slots=True)
class WheelInfo:
    """What ``WHEEL`` says; ``generator`` is the build backend's name in lower case.

    ``is_purelib``: the files go to where pure Python lies.
    """

    generator: str
    tags: tuple[str, ...]
    is_purelib: bool


def parse_filename(filename: str) -> Naming:
    """Read ``acme_web_search-1.2.0-py3-none-any.whl``; raises :class:`PackageRefused`."""
    if len(filename) > MAX_FILENAME:
        message = f"The file name has {len(filename)} characters, more than {MAX_FILENAME}"
        raise _refused("archive/filename", message, "Build the wheel for fewer platforms at once.")
    try:
        name, version, build, tags = parse_wheel_filename(filename)
    except (InvalidWheelFilename, ValueError) as error:
        raise _refused(
            "archive/filename", f"{filename[:120]!a} is not a wheel's file name: {error}"
        ) from None
    if build:
        raise _refused(
            "archive/build-number",
            f"{filename[:120]!a} has a build number, so one version could have two files",
            "Build the wheel without a build number.",
        )
    stem = filename.removesuffix(".whl")
    distribution, written_version = stem.split("-")[:2]
    is_plain = all(_is_without_repeats(part) for part in stem.split("-")[2:])
    if (
        not re.fullmatch(r"[A-Za-z0-9._]+", distribution)
        or written_version != str(version)
        or not is_plain
    ):
        raise _refused("archive/filename", f"{filename[:120]!a} is not spelled as wheels are named")
    if not any(tag.interpreter.startswith(("py3", "cp3")) for tag in tags):
        raise _refused(
            "archive/python-tag",
            f"{filename[:120]!a} is not for Python 3",
            "Build the wheel for py3 or for a CPython 3.",
        )
    return Naming(
        distribution=name,
        version=str(version),
        tags=tuple(sorted(map(str, tags))),
        is_pure=all(_is_everywhere(tag) for tag in tags),
    )


def parse_wheel_info(data: bytes, file: str, naming: Naming) -> tuple[WheelInfo, list[Finding]]:
    """Read ``WHEEL`` and compare its tags with the file name's."""
    text = data.decode("utf-8", "replace")
    headers = HeaderParser().parsestr(text)
    findings: list[Finding] = []
    problem = _text_problem(text)
    if problem:
        findings.append(RULES["archive/wheel-version"].finding(f"In WHEEL, {problem}.", file))
    if headers.get("Wheel-Version", "").strip() != "1.0":
        findings.append(
            RULES["archive/wheel-version"].finding("WHEEL does not say Wheel-Version: 1.0.", file)
        )
    if headers.get("Build"):
        findings.append(RULES["archive/build-number"].finding("WHEEL has a build number.", file))
    tags = tuple(sorted({tag.strip() for tag in headers.get_all("Tag", [])}))
    if tags != naming.tags:
        message = f"WHEEL has the tags {', '.join(tags)[:200]!a}, the file name has others"
        findings.append(RULES["archive/tags"].finding(f"{message}.", file))
    purelib = headers.get("Root-Is-Purelib", "").strip().lower()
    if purelib not in ("true", "false"):
        findings.append(
            RULES["archive/wheel-version"].finding("WHEEL does not say Root-Is-Purelib.", file)
        )
    if purelib == "false" and naming.is_pure:
        message = "WHEEL says that this is no pure Python, the file name that it is"
        findings.append(RULES["archive/tags"].finding(f"{message}.", file))
    generator = headers.get("Generator", "").strip().lower()
    return WheelInfo(generator, tags, purelib == "true"), findings


def _text_problem(text: str) -> str | None:
    if "\ufffd" in text or "\0" in text:
        return "there are bytes that are no text"
    return header_problem(text, once=_ONCE)


def find_dist_info(names: Iterable[str], naming: Naming) -> str:
    """The one dist-info folder, equal to the file name's name and version."""
    tops = {name.partition("/")[0] for name in names}
    found = sorted(top for top in tops if top.lower().endswith(".dist-info"))
    if len(found) != 1:
        raise _refused(
            "archive/dist-info",
            f"The wheel has {len(found)} dist-info folders; it must have exactly one",
        )
    name, hyphen, version = found[0][: -len(".dist-info")].partition("-")
    same_name = canonical(name) == naming.distribution
    if (
        not hyphen
        or not same_name
        or version != naming.version
        or not found[0].endswith(".dist-info")
    ):
        raise _refused(
            "archive/dist-info",
            f"{found[0][:120]!a} does not belong to {naming.distribution} {naming.version}",
        )
    return found[0]


def _is_without_repeats(tag_part: str) -> bool:
    """Whether ``py2.py3`` and the like name every tag once."""
    parts = tag_part.split(".")
    return len(set(parts)) == len(parts)


def _is_everywhere(tag: Tag) -> bool:
    return tag.platform == "any"


def _refused(rule: str, message: str, fix: str = "") -> PackageRefused:
    return PackageRefused([RULES[rule].finding(f"{message}.", fix=fix)])
