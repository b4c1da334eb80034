# What bin/demo, bin/test and bin/bench share: the packages they need and the virtual environment. Sourced, not run.
set -eu
cd "$(dirname "$0")/.."
# Where Python may not keep what it compiled, each of the many processes here would compile everything anew.
unset PYTHONDONTWRITEBYTECODE

# need_debian PACKAGE... : install Debian packages that are missing, or name them where that may not be done.
need_debian() {
    missing=""
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $package"
    done
    [ -z "$missing" ] && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing:$missing"
        apt-get update -q >/dev/null
        # shellcheck disable=SC2086
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null
    else
        echo "These Debian packages are missing:$missing" >&2
        echo "Install them with: sudo apt-get install$missing" >&2
        exit 1
    fi
}

# need_python REQUIREMENTS : make .venv and install the pinned requirements, unless that has been done for this very file.
need_python() {
    command -v python3 >/dev/null 2>&1 || need_debian python3
    if [ ! -x .venv/bin/python ]; then
        if ! python3 -c 'import ensurepip' 2>/dev/null; then need_debian python3-venv; fi
        python3 -m venv .venv
    fi
    stamp=$(cat requirements.txt "$1" | cksum)
    if [ ! -f ".venv/$(basename "$(dirname "$PWD/$1")").stamp" ] || [ "$(cat ".venv/$(basename "$(dirname "$PWD/$1")").stamp")" != "$stamp" ]; then
        echo "Installing the Python packages of $1"
        # What is imported is compiled then: of the packages that is the smaller part.
        .venv/bin/python -m pip install --quiet --no-compile --disable-pip-version-check -r "$1"
        echo "$stamp" >".venv/$(basename "$(dirname "$PWD/$1")").stamp"
    fi
}
