#!/bin/sh
# Makes the virtual environment $1 with AIVJ and the versions that were tested together.
set -eu

venv=$1
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
	echo "AIVJ needs Python 3.11 or newer; $python is $("$python" -V 2>&1). Set PYTHON=..." >&2
	exit 4
}
[ -x "$venv/bin/pip" ] || "$python" -m venv "$venv"
echo "python packages into $venv (a few GB the first time)"
{
	"$venv/bin/pip" install --quiet --disable-pip-version-check --upgrade "pip>=25.1" &&
		"$venv/bin/pip" install --quiet --disable-pip-version-check \
			--constraint constraints.txt --editable . --group dev
} || {
	echo "set-up stopped: pip could not install AIVJ's packages; what it says stands above." >&2
	echo "The same command goes on where it was." >&2
	exit 4
}
