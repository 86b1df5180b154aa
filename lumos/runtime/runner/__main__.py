"""Start the runner from its folder: ``python -I -B FOLDER``."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path

NAME = "_lumos_runner"


def load_package() -> None:
    """Import the folder as the package ``_lumos_runner``, and nothing else from it.

    Python puts a started folder in front of ``sys.path``; without it there, no module of the
    runner can hide a module of the tool.
    """
    folder = Path(__file__).resolve().parent
    sys.path[:] = [path for path in sys.path if Path(path).resolve() != folder]
    spec = importlib.util.spec_from_file_location(
        NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None and spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)


def main() -> int:
    """Serve requests until the other side closes its end."""
    load_package()
    protocol = importlib.import_module(f"{NAME}.protocol")
    parser = argparse.ArgumentParser(description="Runs the functions of installed tools.")
    parser.add_argument("--path", action="append", default=[])
    parser.add_argument("--in", dest="incoming", type=int, default=3)
    parser.add_argument("--out", dest="outgoing", type=int, default=4)
    parser.add_argument("--max-answer", type=int, default=protocol.MAX_ANSWER)
    options = parser.parse_args()
    sys.path[:0] = options.path
    for descriptor in (options.incoming, options.outgoing):
        os.set_inheritable(descriptor, False)
    protocol.Runner(options.incoming, options.outgoing, options.max_answer).serve()
    protocol.flush()
    return 0


if __name__ == "__main__":
    os._exit(main())
