"""The input and the result of a check."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any

from catalog.models import Release
from core.store import private_store
from lumos.package.archive.reader import inflate
from lumos.package.findings import Effect, Finding, PackageRefused
from lumos.package.manifest.permissions import Permissions
from lumos.package.masking import Masker, masker_of
from lumos.package.wheel import Wheel, read_wheel
from publishing.checks.baseline import permissions_today
from publishing.checks.withheld import without_answers
from publishing.history import release_before
from publishing.models import Check, Publication
from publishing.rulebook import RULES
from publishing.uploads import spare_folder


class Verdict(Enum):
    """What happens to the publication after a check."""

    GO_ON = "go on"
    HOLD = "hold"
    REJECT = "reject"


#: The verdict for each effect of a finding, most severe first.
VERDICTS = {Effect.REJECT: Verdict.REJECT, Effect.HOLD: Verdict.HOLD, Effect.LOWER: Verdict.GO_ON}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a check; ``evidence`` is JSON for later checks and the report."""

    message: str
    findings: tuple[Finding, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)
    verdict: Verdict = Verdict.GO_ON
    not_run: bool = False
    scores: dict[str, int | None] | None = None
    why: str = ""

    @property
    def reasons(self) -> list[str]:
        """Why the publication is held or rejected, as sentences."""
        messages = [finding.message for finding in self.findings if finding.blocking]
        return [*([self.why] if self.why else []), *messages]

    @classmethod
    def of(cls, message: str, findings: tuple[Finding, ...], evidence: dict[str, Any]) -> Outcome:
        """The verdict of the finding with the most severe effect."""
        effects = {finding.effect for finding in findings}
        verdict = next(
            (VERDICTS[effect] for effect in VERDICTS if effect in effects), Verdict.GO_ON
        )
        return cls(message, findings, evidence, verdict)


@dataclass
class Workspace:
    """A publication that is being checked, with its wheel; unpacks it on first use."""

    publication: Publication
    wheel: Wheel
    path: Path
    spare: Path
    report: Callable[[str], None]

    @cached_property
    def folder(self) -> Path:
        """The unpacked wheel."""
        folder = self.spare / "tool"
        inflate(self.wheel.archive, folder)
        return folder

    @cached_property
    def withheld(self) -> Path:
        """The unpacked wheel without its examples' expected results, for the sandbox."""
        return without_answers(self.wheel, self.folder, self.spare / "withheld")

    @cached_property
    def masker(self) -> Masker:
        """Masks this package's secrets in all that is stored about its checks."""
        return masker_of(self.wheel.archive)

    @cached_property
    def previous(self) -> Release | None:
        """The release that this one is compared with (design, section 4).

        The newest lower one that is not yanked and not a pre-release, unless this is a pre-release
        of the same version.
        """
        return release_before(self.wheel.tool, self.wheel.version)

    @cached_property
    def baseline(self) -> Permissions:
        """The permissions of ``previous``, declared and found by the current rules."""
        if self.previous is None:
            return Permissions()
        folder = self.spare / "previous"
        folder.mkdir()
        return permissions_today(self.previous, folder)

    def evidence(self, check: str) -> dict[str, Any]:
        """The evidence of an earlier check of this publication; empty if it did not run."""
        earlier = Check.objects.filter(publication=self.publication, name=check).first()
        return earlier.evidence if earlier else {}

    def findings_of(self, check: str) -> list[Finding]:
        """The findings of an earlier check of this publication."""
        row = Check.objects.filter(publication=self.publication, name=check).first()
        return [Finding.from_dict(data) for data in row.findings] if row else []


@contextmanager
def opened(publication: Publication, *, report: Callable[[str], None]) -> Iterator[Workspace]:
    """Open the publication's wheel after checking its hash; temporary files end with the block."""
    with spare_folder() as spare:
        path = spare / publication.filename
        private_store().get_to_file(publication.upload_key, path)
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != publication.sha256:
                raise PackageRefused([_damaged(publication)])
        wheel = read_wheel(path, filename=publication.filename)
        yield Workspace(publication, wheel, path, spare, report)


def _damaged(publication: Publication) -> Finding:
    return RULES["archive/damaged-in-store"].finding(
        f"The stored bytes of {publication.filename} changed since the upload."
    )
