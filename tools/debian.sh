#!/bin/sh
# Brings the Debian packages named, or says plainly which command brings them: never half an installation.
set -eu
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing from Debian: $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && exit 0
    apt-get update -qq >/dev/null
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null
else
    echo "Missing on this machine: $*" >&2
    echo "Bring it with: sudo apt-get install $*   (or its like on your system), then run make again." >&2
    exit 1
fi
