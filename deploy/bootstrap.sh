#!/bin/sh
# Make .venv with everything that requirements.txt names, by hash; quick when nothing changed.
# Usage: deploy/bootstrap.sh [dev]     dev adds what the tests and checks need.
set -eu
cd "$(dirname "$0")/.."

find_python() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "No Python 3.11 or newer was found." >&2
    echo "The marketplace is written for it." >&2
    echo "Try: apt-get install python3 python3-venv" >&2
    exit 1
}

python=$(find_python)
if [ ! -x .venv/bin/python ]; then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "This Python cannot make virtual environments: its venv module is missing." >&2
        echo "Debian keeps it in a package of its own." >&2
        echo "Try: apt-get install python3-venv" >&2
        exit 1
    fi
    echo "Making .venv ..."
    "$python" -m venv .venv
fi

# What is installed is remembered as a digest of what was asked for.
installed() {
    [ -f ".venv/$1" ] && [ "$(cat ".venv/$1")" = "$(digest "$2")" ]
}
digest() {
    .venv/bin/python -c 'import hashlib, pathlib, sys
print(hashlib.sha256(b"".join(pathlib.Path(p).read_bytes() for p in sys.argv[1:])).hexdigest())' \
        $1
}

run_files="requirements.txt pyproject.toml"
dev_files="requirements.txt requirements-dev.txt"
if ! installed lumos-run "$run_files"; then
    echo "Installing the requirements ..."
    wanted=$(sed -n 's/^\(uv==[0-9.]*\).*/\1/p' requirements.txt)
    .venv/bin/python -m pip --quiet --disable-pip-version-check install "$wanted"
    .venv/bin/uv pip install --quiet --compile-bytecode --python .venv/bin/python \
        --require-hashes -r requirements.txt
    .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation \
        --editable .
    digest "$run_files" >.venv/lumos-run
fi
if [ "${1:-}" = dev ] && ! installed lumos-dev "$dev_files"; then
    echo "Installing what the tests need ..."
    .venv/bin/uv pip install --quiet --compile-bytecode --python .venv/bin/python \
        --require-hashes -r requirements-dev.txt
    digest "$dev_files" >.venv/lumos-dev
fi
