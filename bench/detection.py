"""Recall and false alarms of the static scan, by rule and by code shape.

    python bench/detection.py                 # the committed corpus, its three splits
    python bench/detection.py BAD GOOD        # two folders

An item of a folder is a Python file, a wheel, or a subfolder (a package or an MCP server). Items
are read and never run. An item counts as stopped if a finding holds or rejects it; undeclared
permissions are not counted, because the items declare none.

Near-duplicates count once: two items have one *shape* if the sets of their statements, without
names and constants, overlap by ``SAME`` or more (Jaccard index); a shape is stopped as far as its
items are. With ``--moved`` each bad item is scanned a second time with the code of its modules
moved into a tool's function. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from shutil import copytree
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from lumos.package.findings import Finding  # noqa: E402
from security_scan.engine import ScanReport, scan_isolated  # noqa: E402
from tests.scan.samples import CORPUS, unpack, unpack_many  # noqa: E402

Z = 1.96
#: Splits whose samples are not named, so that nobody tunes a rule on one of them.
UNSEEN = {"test", "blind"}
SAME = 0.8
#: Statements below so many nodes say nothing about a shape.
SMALLEST = 6


@dataclass(frozen=True, slots=True)
class Item:
    """One scanned item: its shape, and the findings that stop it."""

    name: str
    shape: frozenset[str]
    stopping: tuple[Finding, ...]
    seconds: float

    @property
    def stopped(self) -> bool:
        return bool(self.stopping)


@dataclass
class Tally:
    """The items of one kind, and their groups by shape."""

    items: list[Item] = field(default_factory=list)

    @property
    def stopped(self) -> int:
        return sum(item.stopped for item in self.items)

    def shapes(self) -> list[list[Item]]:
        """The items in groups of near-duplicates: each joins the first group that it resembles."""
        groups: list[list[Item]] = []
        for item in self.items:
            group = next((g for g in groups if _alike(g[0].shape, item.shape)), None)
            if group is None:
                groups.append([item])
            else:
                group.append(item)
        return groups

    def figures(self) -> dict[str, object]:
        """Shares with their intervals: of items, and of shapes."""
        groups = self.shapes()
        shares = [sum(item.stopped for item in group) / len(group) for group in groups]
        return {
            "items": len(self.items),
            "stopped": _rounded(wilson(self.stopped, len(self.items))),
            "shapes": len(groups),
            "shapes_stopped": _rounded(wilson(sum(shares), len(groups))),
            "rejected": sum(
                any(f.effect.value == "reject" for f in item.stopping) for item in self.items
            ),
            "by_rule": dict(
                Counter(
                    rule for item in self.items for rule in {f.rule for f in item.stopping}
                ).most_common()
            ),
            "only_by_rule": dict(
                Counter(
                    next(iter(rules))
                    for item in self.items
                    if len(rules := {f.rule for f in item.stopping}) == 1
                ).most_common()
            ),
        }


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    if not one or not other:
        return False
    return len(one & other) >= SAME * len(one | other)


def wilson(part: float, whole: int) -> tuple[float, float, float]:
    """The share and its 95 % interval; (0, 0, 1) of nothing."""
    if not whole:
        return 0.0, 0.0, 1.0
    share = part / whole
    middle = share + Z * Z / (2 * whole)
    spread = Z * sqrt(share * (1 - share) / whole + Z * Z / (4 * whole * whole))
    scale = 1 + Z * Z / whole
    return share, (middle - spread) / scale, (middle + spread) / scale


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, 3) for value in values]


def shape_of(folder: Path) -> frozenset[str]:
    """The statements of all modules as hashes of their node types."""
    found: set[str] = set()
    for path in sorted(folder.rglob("*.py")):
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.stmt):
                kinds = [type(part).__name__ for part in ast.walk(node)]
                if len(kinds) >= SMALLEST:
                    found.add(hashlib.sha256(" ".join(kinds).encode()).hexdigest()[:16])
    return frozenset(found)


def prepared(source: Path, scratch: Path) -> Iterator[Path]:
    """Each item of a folder as an unpacked package of its own."""
    for entry in sorted(source.iterdir()):
        if entry.is_dir():
            yield entry
        elif entry.suffix == ".whl":
            target = scratch / entry.stem
            with ZipFile(entry) as wheel:
                wheel.extractall(target)
            yield target
        elif entry.suffix == ".py":
            target = scratch / entry.stem / "acme_tool"
            target.mkdir(parents=True)
            (target / "__init__.py").write_bytes(entry.read_bytes())
            yield target.parent


def moved(folder: Path, target: Path) -> Path:
    """A copy of a package in which the code of every module is the body of a function."""
    copytree(folder, target, symlinks=True)
    for number, path in enumerate(sorted(target.rglob("*.py"))):
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue
        body = [node for node in tree.body if not _stays(node)]
        if body:
            tree.body = [*filter(_stays, tree.body), _function(f"run_{number}", body)]
            path.write_text(ast.unparse(ast.fix_missing_locations(tree)), encoding="utf-8")
    if (target / "setup.py").exists():  # what an installer ran, a tool's function runs
        (target / "acme_tool").mkdir(exist_ok=True)
        (target / "setup.py").rename(target / "acme_tool" / "setup_code.py")
    return target


def _stays(node: ast.stmt) -> bool:
    star = isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    return star or (isinstance(node, ast.ImportFrom) and node.module == "__future__")


def _function(name: str, body: list[ast.stmt]) -> ast.FunctionDef:
    arguments = ast.parse("def f(text: str): ...").body[0].args  # type: ignore[attr-defined]
    return ast.FunctionDef(
        name=name, args=arguments, body=body, decorator_list=[], returns=ast.Name("str")
    )


def tally(folders: Iterable[Path], *, workers: int) -> Tally:
    """Scan each folder as one package."""
    with ThreadPoolExecutor(workers) as pool:
        folders = list(folders)
        reports = pool.map(scan_isolated, folders)
        return Tally([_item(*pair) for pair in zip(folders, reports, strict=True)])


def _item(folder: Path, report: ScanReport) -> Item:
    stopping = tuple(f for f in report.blocking if not f.rule.startswith("permissions/"))
    return Item(folder.name, shape_of(folder), stopping, report.duration_ms / 1000)


def corpus(scratch: Path) -> Iterator[tuple[str, Path, Path]]:
    """(split, malicious, benign) folders of the committed corpus, unpacked below ``scratch``."""
    for split in ("tune", "test"):
        for label in ("malicious", "benign"):
            for sample in sorted((CORPUS / split / label).glob("*.txt")):
                unpack(sample, scratch / split / label / sample.stem)
        yield split, scratch / split / "malicious", scratch / split / "benign"
    for label in ("malicious", "benign"):
        unpack_many(CORPUS / "blind" / f"{label}.txt", scratch / "blind" / label)
    yield "blind", scratch / "blind" / "malicious", scratch / "blind" / "benign"


def measured(
    split: str, bad: Path, good: Path, scratch: Path, options: argparse.Namespace
) -> dict[str, object]:
    """The figures of one pair of folders."""
    sources = list(prepared(bad, scratch / "bad"))
    tallies = {"bad": tally(sources, workers=options.workers)}
    if options.moved:
        copies = [moved(folder, scratch / "moved" / folder.name) for folder in sources]
        tallies["bad_moved_into_a_function"] = tally(copies, workers=options.workers)
    tallies["good"] = tally(prepared(good, scratch / "good"), workers=options.workers)
    figures: dict[str, object] = {"split": split}
    for name, result in tallies.items():
        wrong = [item for item in result.items if item.stopped is (name == "good")]
        hidden = split in UNSEEN
        figures[name] = result.figures() | (
            {}
            if hidden
            else {
                "wrong": [
                    f"{w.name}: {' '.join(sorted({f.rule for f in w.stopping}))}" for w in wrong
                ]
            }
        )
    seconds = sorted(item.seconds for result in tallies.values() for item in result.items)
    spread = [seconds[int(len(seconds) * share)] for share in (0.5, 0.95)] if seconds else []
    return {**figures, "seconds_median_p95": _rounded(spread)}


def main() -> int:
    """Print one JSON object for each pair of folders."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, help="BAD GOOD")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--moved", action="store_true", help="scan moved code as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        pairs = (
            [("given", *options.folders[:2])] if options.folders else list(corpus(root / "corpus"))
        )
        for split, bad, good in pairs:
            print(json.dumps(measured(split, bad, good, root / f"work-{split}", options), indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
