"""METADATA: the standard's fields and this registry's own rules."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lumos.package.findings import Finding
from lumos.package.metadata import licenses
from lumos.package.metadata.reader import Metadata, parse_metadata
from tests.package.refusals import refusals
from tests.package.wheels import members

Value = str | Sequence[str] | None


def text(**changes: Value) -> bytes:
    """METADATA with fields replaced; underscores in names stand for hyphens."""
    fields = {key.replace("_", "-"): value for key, value in changes.items() if key != "body"}
    body = changes.get("body")
    parts = members(metadata=fields, readme=body if isinstance(body, str) else None)
    return parts["demo_hello-1.0.0.dist-info/METADATA"]


def read(**changes: Value) -> Metadata:
    return parse_metadata(text(**changes))


def refused(**changes: Value) -> set[str]:
    return {finding.rule for finding in refusals(read, **changes) if finding.blocking}


def findings_of(**changes: Value) -> dict[str, Finding]:
    found = read(**changes).findings
    assert not any(finding.blocking for finding in found)
    return {finding.rule: finding for finding in found}


def test_everything_is_read() -> None:
    metadata = read(
        Requires_Dist=["lumos-http-request>=1,<2", "openpyxl>=3; python_version>'3'"],
        Maintainer_email="Bob <bob@example.org>",
        Classifier=["Development Status :: 4 - Beta"],
    )
    assert (metadata.name, str(metadata.version)) == ("demo-hello", "1.0.0")
    assert metadata.version_pep440 == "1.0.0"
    assert metadata.summary == "Greets people."
    assert metadata.readme.startswith("# Hello")
    assert metadata.readme_content_type == "text/markdown"
    assert [(person.name, person.email) for person in metadata.authors] == [
        ("Ada Lovelace", "ada@example.org")
    ]
    assert metadata.maintainers[0].name == "Bob"
    assert metadata.license_expression == "MIT"
    assert metadata.license_files == ("LICENSE",)
    assert metadata.keywords == ("greeting", "hello")
    assert metadata.urls == {"Homepage": "https://example.org/hello"}
    assert metadata.requires_python == ">=3.11"
    assert len(metadata.requirements) == 2
    assert metadata.findings == ()


@pytest.mark.parametrize("version", ["2.1", "2.2", "2.3", "2.4", "2.5"])
def test_metadata_of_every_current_version_is_read(version: str) -> None:
    """Older setuptools wrote License-File before the standard had it."""
    assert read(Metadata_Version=version).license_files == ("LICENSE",)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"Metadata_Version": "1.2"}, "metadata/metadata-version"),
        ({"Metadata_Version": "9.0"}, "metadata/metadata-version"),
        ({"Metadata_Version": None}, "metadata/field"),
        ({"Name": None}, "metadata/field"),
        ({"Name": "-demo"}, "metadata/field"),
        ({"Name": ["demo-hello", "demo-other"]}, "metadata/field"),
        ({"Version": None}, "metadata/field"),
        ({"Version": "1.0"}, "metadata/version"),
        ({"Version": "1.0.0.post1"}, "metadata/version"),
        ({"Version": "one"}, "metadata/version"),
        ({"Summary": None}, "metadata/summary"),
        ({"Summary": ""}, "metadata/summary"),
        ({"Summary": "UNKNOWN"}, "metadata/summary"),
        ({"Summary": "x" * 513}, "metadata/summary"),
        ({"Summary": "Greets\u202epeople"}, "hidden-text/metadata"),
        ({"Summary": "Greets\u200bpeople"}, "hidden-text/metadata"),
        ({"Author_email": "A\u2066da <ada@example.org>"}, "hidden-text/metadata"),
        ({"Keywords": "a,b\u200dc"}, "hidden-text/metadata"),
        ({"License_Expression": "MIT License"}, "metadata/license"),
        ({"License_Expression": "MIT OR"}, "metadata/license"),
        ({"License_Expression": "Foo-1.0"}, "metadata/license"),
        ({"License_Expression": None, "License_File": None}, "metadata/license-missing"),
        ({"License_File": "../LICENSE"}, "metadata/field"),
        ({"License_File": "/LICENSE"}, "metadata/field"),
        ({"Requires_Python": "three"}, "metadata/field"),
        ({"Requires_Python": "<3"}, "metadata/requires-python"),
        ({"Requires_Python": "<3.11"}, "metadata/requires-python"),
        ({"Requires_Python": ">=4"}, "metadata/requires-python"),
        ({"Requires_Python": ">=3.12,<3.12"}, "metadata/requires-python"),
        ({"Requires_Dist": "not a requirement"}, "metadata/field"),
        ({"Requires_Dist": "x @ https://a.invalid/x.whl"}, "metadata/direct-reference"),
        ({"Requires_Dist": "x @ git+https://a.invalid/x.git"}, "metadata/direct-reference"),
        ({"Requires_Dist": "x @ file:///etc/passwd"}, "metadata/direct-reference"),
        ({"Requires_Dist": "Demo.Hello>=1"}, "metadata/self-requirement"),
        ({"Requires_Dist": ["x"] * 300}, "metadata/requirements"),
        ({"Project_URL": "Home, javascript:alert(1)"}, "metadata/url"),
        ({"Project_URL": "Home, //a.invalid"}, "metadata/url"),
        ({"Project_URL": "Home, https://user:word@a.invalid"}, "metadata/url"),
        ({"Project_URL": 'Home, https://a.invalid/"onclick'}, "metadata/url"),
        ({"Project_URL": "Home, https://[a.invalid"}, "metadata/url"),
        ({"Project_URL": "Ho\u200bme, https://a.invalid"}, "hidden-text/metadata"),
        ({"Project_URL": None, "Home_page": "ftp://a.invalid"}, "metadata/url"),
        ({"Description_Content_Type": "text/html"}, "metadata/field"),
        ({"Classifier": "Private :: Do Not Upload"}, "metadata/private"),
        ({"X_Unknown": "1"}, "metadata/field"),
        ({"Dynamic": "Name"}, "metadata/field"),
    ],
)
def test_what_breaks_a_rule_is_refused(changes: dict[str, Value], rule: str) -> None:
    assert rule in refused(**changes)


def test_every_problem_is_told_at_once() -> None:
    found = refused(Summary="", Requires_Python="<3", License_Expression="X", Version="1")
    assert len(found) == 4


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"garbage", b"\x00" * 10, b"A" * (2**20 + 1)])
def test_garbage_is_refused(data: bytes) -> None:
    assert refusals(parse_metadata, data)


@pytest.mark.parametrize(
    "specifier", [">=3.11", ">=3.9,<4", "==3.12.*", "~=3.11", ">=3.11.4", "!=3.12.1", ">=3"]
)
def test_requires_python_admits_something(specifier: str) -> None:
    assert refused(Requires_Python=specifier) == set()


def test_a_reference_to_an_extra_of_its_own_is_fine() -> None:
    assert refused(Provides_Extra="all", Requires_Dist='demo-hello[all]; extra == "all"') == set()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"body": ""}, "metadata/readme-missing"),
        ({"Description_Content_Type": None}, "metadata/readme-not-markdown"),
        ({"Description_Content_Type": "text/x-rst"}, "metadata/readme-not-markdown"),
        ({"Requires_Python": None}, "metadata/requires-python-missing"),
        ({"License_Expression": None, "License": "MIT"}, "metadata/license-old"),
        ({"License_Expression": None}, "metadata/license-old"),
        ({"Keywords": ",".join(f"k{n}" for n in range(60))}, "metadata/keywords"),
    ],
)
def test_what_costs_points_is_remarked(changes: dict[str, Value], rule: str) -> None:
    assert list(findings_of(**changes)) == [rule]


def test_markdown_with_parameters_is_markdown() -> None:
    metadata = read(Description_Content_Type="text/markdown; charset=UTF-8; variant=GFM")
    assert (metadata.readme_content_type, metadata.findings) == ("text/markdown", ())


def test_a_name_without_its_address_is_not_told_twice() -> None:
    metadata = read(Author="Ada Lovelace", Author_email="Ada Lovelace <ada@example.org>, x@y.org")
    assert [str(person) for person in metadata.authors] == [
        "Ada Lovelace <ada@example.org>",
        "x <x@y.org>",
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("mit", "MIT"),
        ("apache-2.0 or mit", "Apache-2.0 OR MIT"),
        ("GPL-3.0", "GPL-3.0-only"),
        ("(MIT AND BSD-3-Clause)", "MIT AND BSD-3-Clause"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("LicenseRef-Proprietary", "LicenseRef-Proprietary"),
    ],
)
def test_expressions_are_written_as_spdx_writes_them(given: str, expected: str) -> None:
    assert licenses.spdx(given) == expected
    assert read(License_Expression=given).license_expression == expected


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        ("MIT License", "MIT"),
        ("The MIT License (MIT)", "MIT"),
        ("Apache 2.0", "Apache-2.0"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("Apache Software License", "Apache-2.0"),
        ("BSD-3-Clause", "BSD-3-Clause"),
        ("New BSD License", "BSD-3-Clause"),
        ("GPLv3", "GPL-3.0-only"),
        ("MPL 2.0", "MPL-2.0"),
        ("Proprietary", "LicenseRef-Proprietary"),
        ("BSD", ""),
        ("Do what you like", ""),
        ("MIT\nPermission is hereby granted", ""),
    ],
)
def test_old_license_texts_are_understood_where_they_are_clear(old: str, expected: str) -> None:
    assert licenses.from_text(old) == expected


def test_old_license_classifiers_are_understood_where_they_are_clear() -> None:
    mit = "License :: OSI Approved :: MIT License"
    bsd = "License :: OSI Approved :: BSD License"
    assert read(License_Expression=None, Classifier=[mit]).license_expression == "MIT"
    assert read(License_Expression=None, Classifier=[bsd]).license_expression == ""
    apache = "License :: OSI Approved :: Apache Software License"
    assert licenses.from_classifiers([mit, apache]) == "MIT AND Apache-2.0"
