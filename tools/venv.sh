#!/bin/sh
# Makes .venv with a Python of 3.11 or later, on Debians that ship Python without venv too.
set -eu
for python in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    command -v "$python" >/dev/null && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' && break
    python=
done
if [ -z "$python" ]; then
    echo "Backhaul needs Python 3.11 or later; none was found. Name one with: make PYTHON=/path/to/python" >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    sh tools/debian.sh "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
fi
[ -x .venv/bin/pip ] || "$python" -m venv --clear .venv
