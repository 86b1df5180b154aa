"""What can go wrong on the user's side, always as three lines: what happened, why, what to try."""

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
    """The exit codes of the command; scripts may rely on them."""

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
        """The code in people's words, for ``lumos --help``."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.OK: "done",
    ExitCode.FAILED: "the tool, the build or a check failed",
    ExitCode.USAGE: "the command or the project file is wrong",
    ExitCode.NOT_FOUND: "no such tool, release, function or project",
    ExitCode.REFUSED: "the registry or you refused: token, rule, rejection, conflict, a no",
    ExitCode.NETWORK: "the registry or the Python index could not be reached",
    ExitCode.INTEGRITY: "a file is not the one that was promised",
    ExitCode.HELD: "the publication waits for a moderator; it is neither live nor refused",
    ExitCode.INTERRUPTED: "stopped with Ctrl-C",
}


class LumosError(Exception):
    """An error that a person can act on.

    ``what`` happened, ``why``, and what to try (``hint``), each one short text. ``docs_url``
    points to a page about it; ``details`` is JSON that ``--json`` adds to the error. Secrets in the
    texts are masked: they may quote source code, a tool's output or an address with a password.
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
        from lumos.package.masking import mask  # takes 20 ms, and most commands meet no error

        what = mask(what)
        self.what = what
        self.why = mask(why)
        self.hint = mask(hint)
        self.docs_url = docs_url
        self.details = details or {}
        super().__init__(what)

    def as_dict(self) -> dict[str, object]:
        """The error as JSON, without a trace of where in our code it arose."""
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
    """The command line or a file of the project says something that cannot be done."""

    exit_code = ExitCode.USAGE


class NotFound(LumosError):
    """A tool, release, function or project that is not there."""

    exit_code = ExitCode.NOT_FOUND


class Refused(LumosError):
    """The registry, the resolver or the user said no."""

    exit_code = ExitCode.REFUSED


class NetworkError(LumosError):
    """A server that did not answer, or not in a way that makes sense."""

    exit_code = ExitCode.NETWORK


class IntegrityError(LumosError):
    """Bytes that are not those that the registry or the lock file promised."""

    exit_code = ExitCode.INTEGRITY
