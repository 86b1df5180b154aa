"""The errors of the command and its exit codes. Each error says what, why and what to try."""

from __future__ import annotations

from enum import IntEnum

__all__ = [
    "ExitCode",
    "IntegrityError",
    "LumosError",
    "NetworkError",
    "NotFound",
    "Refused",
    "UsageError",
]


class ExitCode(IntEnum):
    """The exit codes of the command; they are part of its interface."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4
    NETWORK = 5
    INTEGRITY = 6
    HELD = 7
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """The explanation for ``lumos --help``."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.OK: "success",
    ExitCode.FAILED: "the tool, the build or a check failed",
    ExitCode.USAGE: "invalid command line or project file",
    ExitCode.NOT_FOUND: "no such tool, release, function or project",
    ExitCode.REFUSED: "refused: bad token, rejected release, version conflict, no consent",
    ExitCode.NETWORK: "the registry or the Python index is unreachable",
    ExitCode.INTEGRITY: "a file does not have the expected content",
    ExitCode.HELD: "the publication is held for review by a moderator",
    ExitCode.INTERRUPTED: "interrupted with Ctrl-C",
}


class LumosError(Exception):
    """An error that the user can act on: what happened, why, and what to try (``hint``).

    ``docs_url`` is a page about it; ``details`` is JSON that ``--json`` adds to the error. Secrets
    in the texts are masked: they may quote source code, a tool's output or a URL with a password.
    """

    exit_code: ExitCode = ExitCode.FAILED

    def __init__(
        self,
        what: str,
        *,
        why: str,
        hint: str,
        docs_url: str = "",
        details: dict[str, object] | None = None,
    ) -> None:
        from lumos.package.masking import mask  # takes 20 ms, and most commands have no error

        what = mask(what)
        self.what = what
        self.why = mask(why)
        self.hint = mask(hint)
        self.docs_url = docs_url
        self.details = details or {}
        super().__init__(what)

    def as_dict(self) -> dict[str, object]:
        """The error as JSON."""
        answer: dict[str, object] = {
            "type": type(self).__name__,
            "message": self.what,
            "why": self.why,
            "try": self.hint,
        }
        if self.docs_url:
            answer["docs_url"] = self.docs_url
        return {**answer, **self.details}


class UsageError(LumosError):
    """The command line or a file of the project is invalid."""

    exit_code = ExitCode.USAGE


class NotFound(LumosError):
    """A tool, release, function or project does not exist."""

    exit_code = ExitCode.NOT_FOUND


class Refused(LumosError):
    """The registry, the resolver or the user refused the operation."""

    exit_code = ExitCode.REFUSED


class NetworkError(LumosError):
    """A server did not respond, or its response is not usable."""

    exit_code = ExitCode.NETWORK


class IntegrityError(LumosError):
    """A file does not match what the registry or the lock file says about it."""

    exit_code = ExitCode.INTEGRITY
