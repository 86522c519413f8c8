#!/bin/sh
# The virtual environment $1, with exactly what $2 pins. Called by make when the lock has changed.
set -eu
venv=$1 lock=$2

python=
for name in "${PYTHON_FOR_VENV:-python3.11}" python3.12 python3.13 python3.14 python3 python; do
  if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$name
    break
  fi
done
if [ -z "$python" ]; then
  echo "Interlude needs Python 3.11 or newer with venv, and there is none here." >&2
  echo "On Debian and Ubuntu: apt-get install python3 python3-venv. PYTHON_FOR_VENV=… names another." >&2
  exit 1
fi

echo "Installing what requirements.lock pins into $venv, with $("$python" --version). Once; about a minute."
"$venv/bin/python" -c 'import pip' 2>/dev/null || "$python" -m venv --clear "$venv"
if ! "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --no-deps \
    --require-hashes --requirement "$lock"; then
  echo "The packages could not be installed: see above. With a network, run the same again." >&2
  exit 1
fi
