"""Licenses as SPDX expressions, from the new field, the old one or classifiers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

__all__ = ["from_classifiers", "from_text", "spdx"]

#: A page and the registry's database show it on a line.
MAX_EXPRESSION = 200

# What people wrote into the old License field, after lower-casing and dropping "the", "license",
# "license", "version", commas and brackets.
_OLD_NAMES = {
    "mit": "MIT",
    "expat": "MIT",
    "apache": "Apache-2.0",
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache software": "Apache-2.0",
    "apache software 2.0": "Apache-2.0",
    "asl 2.0": "Apache-2.0",
    "new bsd": "BSD-3-Clause",
    "modified bsd": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "3-clause bsd": "BSD-3-Clause",
    "simplified bsd": "BSD-2-Clause",
    "bsd 2-clause": "BSD-2-Clause",
    "2-clause bsd": "BSD-2-Clause",
    "isc": "ISC",
    "mpl 2.0": "MPL-2.0",
    "mozilla public 2.0": "MPL-2.0",
    "gplv2": "GPL-2.0-only",
    "gplv2+": "GPL-2.0-or-later",
    "gplv3": "GPL-3.0-only",
    "gplv3+": "GPL-3.0-or-later",
    "lgplv3": "LGPL-3.0-only",
    "lgplv3+": "LGPL-3.0-or-later",
    "agplv3": "AGPL-3.0-only",
    "agplv3+": "AGPL-3.0-or-later",
    "unlicense": "Unlicense",
    "public domain": "LicenseRef-Public-Domain",
    "proprietary": "LicenseRef-Proprietary",
}

# Only classifiers that name exactly one license; "BSD License" names several.
_OSI = "License :: OSI Approved :: "
_CLASSIFIERS = {
    _OSI + "MIT License": "MIT",
    _OSI + "MIT No Attribution License (MIT-0)": "MIT-0",
    _OSI + "Apache Software License": "Apache-2.0",
    _OSI + "ISC License (ISCL)": "ISC",
    _OSI + "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    _OSI + "Python Software Foundation License": "PSF-2.0",
    _OSI + "The Unlicense (Unlicense)": "Unlicense",
    _OSI + "zlib/libpng License": "Zlib",
    _OSI + "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    _OSI + "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
    _OSI + "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    _OSI + "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    _OSI + "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    _OSI + "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    _OSI + "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    _OSI + "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    _OSI + "GNU Affero General Public License v3": "AGPL-3.0-only",
    _OSI + "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "License :: CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0",
    "License :: Public Domain": "LicenseRef-Public-Domain",
    "License :: Other/Proprietary License": "LicenseRef-Proprietary",
}


def spdx(expression: str) -> str:
    """The expression with SPDX's spelling and current identifiers; raises ``ValueError``.

    ``LicenseRef-NAME`` is allowed for a license of one's own.
    """
    from packaging.licenses import canonicalize_license_expression  # noqa: PLC0415

    if len(expression) > MAX_EXPRESSION:
        raise ValueError(f"the expression has more than {MAX_EXPRESSION} characters")
    canonical = canonicalize_license_expression(expression)
    rendered = str(_licensing().parse(canonical, validate=False))
    if len(rendered) > MAX_EXPRESSION:
        raise ValueError(f"written out, the expression has more than {MAX_EXPRESSION} characters")
    return rendered


@cache
def _licensing() -> Any:
    from license_expression import get_spdx_licensing  # noqa: PLC0415 - builds a large table

    licensing = get_spdx_licensing()
    licensing.parse("MIT")  # its tokenizer is built at the first use, which threads must not share
    return licensing


def from_text(text: str) -> str:
    """SPDX for what the old License field says, or an empty string."""
    line = text.strip()
    if not line or "\n" in line or len(line) > 200:
        return ""
    try:
        return spdx(line)
    except ValueError:
        plain = re.sub(r"\b(the|license|licence|version|v(?=\d))\b|[(),]", " ", line.lower())
        words = list(dict.fromkeys(plain.split()))
        return _OLD_NAMES.get(" ".join(words), "")


def from_classifiers(classifiers: Iterable[str]) -> str:
    """SPDX for the license classifiers, joined by AND, or an empty string."""
    names = [name for line in classifiers if (name := _CLASSIFIERS.get(line.strip()))]
    return " AND ".join(dict.fromkeys(names))
