"""Planted secrets: reading them makes no system call or proves little, but passing them on does."""

from __future__ import annotations

import base64
import json
import secrets
import string
from dataclasses import dataclass
from typing import Any

ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Decoys:
    """Environment variables and files of the home folder; ``values`` maps their names to secrets.

    The values are random for every run, so that a tool cannot know them.
    """

    environment: dict[str, str]
    files: dict[str, str]
    values: dict[str, str]

    def inside(self, data: bytes) -> list[str]:
        """The names of the secrets that ``data`` holds, plain, reversed, or in hex or base64."""
        lower = data.lower()
        return [
            name
            for name, value in self.values.items()
            if any(form in (lower if low else data) for form, low in forms(value))
        ]

    def inside_value(self, value: Any) -> list[str]:
        """The names of the secrets in a JSON value."""
        return self.inside(json.dumps(value, ensure_ascii=False, default=str).encode())


def forms(value: str) -> list[tuple[bytes, bool]]:
    """How a secret may be written; True for forms whose letters' case says nothing."""
    data = value.rpartition("_")[2].encode()  # a prefix such as ghp_ may be cut off
    found = [(data, False), (data[::-1], False), (data.lower(), True), (data.hex().encode(), True)]
    for lead in range(3):  # base64 differs by where in a group of three it begins
        text = base64.b64encode(b"\0" * lead + data)
        found.append((text[4 if lead else 0 : len(text) // 4 * 4 - 4], False))
    return found


def plant() -> Decoys:
    """New secrets."""
    key_id, key = f"AKIA{letters(16, string.ascii_uppercase)}", letters(40)
    github, npm = f"ghp_{letters(36)}", f"npm_{letters(36)}"
    file_id, file_key = f"AKIA{letters(16, string.ascii_uppercase)}", letters(40)
    login, private = letters(24), "\n".join(letters(64) for _ in range(6))
    environment = {
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": key,
        "GITHUB_TOKEN": github,
        "NPM_TOKEN": npm,
    }
    credentials = f"[default]\naws_access_key_id = {file_id}\naws_secret_access_key = {file_key}\n"
    label = "OPENSSH PRIVATE KEY"
    files = {
        ".ssh/id_rsa": f"-----BEGIN {label}-----\n{private}\n-----END {label}-----\n",
        ".aws/credentials": credentials,
        ".netrc": f"machine git.internal.invalid login deploy password {login}\n",
    }
    values = {
        "AWS_SECRET_ACCESS_KEY": key,
        "GITHUB_TOKEN": github,
        "NPM_TOKEN": npm,
        "~/.aws/credentials": file_key,
        "~/.netrc": login,
        "~/.ssh/id_rsa": private.partition("\n")[0],
    }
    return Decoys(environment, files, values)


def letters(count: int, alphabet: str = ALPHABET) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(count))
