"""Start the runner from its folder: ``python -I -B FOLDER``."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path

NAME = "_lumos_runner"


def load_package() -> None:
    """Import this folder as the package ``_lumos_runner``.

    Python puts the folder first in ``sys.path`` when it starts it. It is removed, so that no
    module of the runner hides a module of the tool with the same name.
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
    """Serve requests until the parent closes the pipe."""
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
