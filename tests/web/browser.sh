#!/usr/bin/env bash
# Makes sure that there is a Chromium for the tests of the canvas. Takes the Python to ask: tests/web/browser.sh .venv/bin/python
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
python="${1:-.venv/bin/python}"

there() { "$python" -m tests.web.browser >/dev/null 2>&1; }

# Debian's chromium is a browser; Ubuntu's package of that name only asks for a snap.
from_debian() {
    grep -qx 'ID=debian' /etc/os-release 2>/dev/null || return 1
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as_root=(sudo -n)
    fi
    "${as_root[@]}" apt-get update -qq \
        && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
}

there && exit 0
if [ -n "${BLOCKLOOM_CHROMIUM:-}" ]; then
    echo "BLOCKLOOM_CHROMIUM is $BLOCKLOOM_CHROMIUM, which is not a program." >&2
    exit 1
fi
echo "The tests of the canvas need Chromium; installing it …"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
from_debian >"$log" 2>&1 || true
there || "$python" -m playwright install chromium >>"$log" 2>&1 || true
if ! there; then
    tail -n 20 "$log" >&2
    echo "Chromium could not be installed. Install it yourself (Debian: apt install chromium; macOS: brew install" \
        "--cask chromium), or name one: BLOCKLOOM_CHROMIUM=/path/to/chromium make test" >&2
    exit 1
fi
