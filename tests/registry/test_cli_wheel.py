"""The command's own wheel is served beside the tools, without being one."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.store import public_store
from registry.actions import add_cli_wheel, repair
from tests.registry.releases import put_release

pytestmark = pytest.mark.usefixtures("own_folders", "db")


def cli_wheel(folder: Path, version: str = "0.1.0", *, extra: str = "", name: str = "") -> Path:
    path = folder / (name or f"lumos_cli-{version}-py3-none-any.whl")
    info = f"lumos_cli-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("lumos/__init__.py", extra)
        wheel.writestr(
            f"{info}/METADATA",
            f"Metadata-Version: 2.4\nName: lumos-cli\nVersion: {version}\n"
            "Requires-Python: >=3.11\nRequires-Dist: typer>=0.29\n",
        )
    return path


def served() -> list[str]:
    document = json.loads(public_store().get("simple/lumos-cli/index.json"))
    return [each["filename"] for each in document["files"]]


def test_a_wheel_is_listed_with_its_metadata_and_on_the_root(tmp_path: Path) -> None:
    put_release()
    key = add_cli_wheel(cli_wheel(tmp_path))
    assert served() == ["lumos_cli-0.1.0-py3-none-any.whl"]
    assert b"Requires-Dist: typer" in public_store().get(f"{key}.metadata")
    document = json.loads(public_store().get("simple/lumos-cli/index.json"))
    assert document["files"][0]["requires-python"] == ">=3.11"
    names = json.loads(public_store().get("simple/index.json"))["projects"]
    assert names == [{"name": "demo-hello"}, {"name": "lumos-cli"}]


def test_the_latest_versions_stay_and_the_same_one_is_replaced(tmp_path: Path) -> None:
    for minor in range(7):
        add_cli_wheel(cli_wheel(tmp_path, f"0.{minor}.0"))
    key = add_cli_wheel(cli_wheel(tmp_path, "0.6.0", extra="new = True"))
    assert served() == [f"lumos_cli-0.{minor}.0-py3-none-any.whl" for minor in range(2, 7)]
    assert public_store().exists(key)


def test_a_sweep_keeps_it_and_removes_versions_no_longer_listed(tmp_path: Path) -> None:
    for minor in range(6):
        add_cli_wheel(cli_wheel(tmp_path, f"0.{minor}.0"))
    removed = repair(grace=-1).removed
    assert {key.rpartition("/")[2].removesuffix(".metadata") for key in removed} == {
        "lumos_cli-0.0.0-py3-none-any.whl"
    }
    assert len(served()) == 5
    assert repair().lost == ()


@pytest.mark.parametrize("name", ["lumos_csv-1.0.0-py3-none-any.whl", "lumos_cli.whl", "x.txt"])
def test_what_is_not_the_command_is_refused_with_a_reason(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match=r"cannot be served|is a wheel of"):
        call_command("serve_cli_wheel", cli_wheel(tmp_path, name=name))
    assert not public_store().exists("simple/lumos-cli/index.json")


def test_the_command_prints_the_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("serve_cli_wheel", cli_wheel(tmp_path))
    address = capsys.readouterr().out.strip()
    assert public_store().exists(address.removeprefix("/"))
