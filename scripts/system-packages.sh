#!/bin/sh
# Installs the system packages that AIVJ needs and that are missing. Debian and Ubuntu; elsewhere
# it says what to install.
#
#   scripts/system-packages.sh [test]      test: what only tests need, too
set -eu

missing=""
services=""
want() { # want COMMAND-OR-FILE PACKAGE...
	probe=$1
	shift
	case $probe in
	/*) ls $probe >/dev/null 2>&1 && return ;;
	*) command -v "$probe" >/dev/null 2>&1 && return ;;
	esac
	missing="$missing $*"
}

want chromium chromium
# Only root's Chromium does without its sandbox, and not every kernel lets a user make one.
[ "$(id -u)" -eq 0 ] || want /usr/lib/chromium/chrome-sandbox chromium-sandbox
want Xvfb xvfb
want node nodejs
want npm npm
want '/usr/lib/*/libatomic.so.1' libatomic1
want '/usr/lib/*/libEGL.so.1' libegl1
want '/usr/lib/*/libGLESv2.so.2' libgles2
want '/usr/lib/*/dri/swrast_dri.so' libgl1-mesa-dri
want '/usr/lib/*/libEGL_mesa.so.0' libegl-mesa0
want /usr/share/projectM/presets projectm-data
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"

# Tests start servers of their own; what Debian would start beside them is not wanted.
service() { # service FILE PACKAGE
	before=$missing
	want "$1" "$2"
	[ "$before" = "$missing" ] || services="$services $2"
}

if [ "${1:-}" = test ]; then
	service '/usr/lib/postgresql/*/bin/postgres' postgresql
	service /usr/sbin/nginx nginx
	service /usr/bin/promtool prometheus
fi

[ -z "$missing" ] && exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null 2>&1 && as_root=sudo
fi
if ! command -v apt-get >/dev/null 2>&1 || { [ "$(id -u)" -ne 0 ] && [ -z "$as_root" ]; }; then
	cat >&2 <<-MESSAGE
		AIVJ needs programs that are not on this machine. Debian's names of their packages:
		   $missing
		Install them (as root: apt-get install$missing), or on another system their
		counterparts: Chromium with its sandbox, Xvfb, Node.js 18 or newer with npm, EGL and GLES 2 with Mesa's
		drivers, libatomic, Python's venv module, and the presets of projectM (any folder of .milk files
		does: \`aivj demo --presets DIR\`). Then run the same command again.
	MESSAGE
	exit 4
fi

echo "system packages:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
install() {
	$as_root apt-get update -qq &&
		$as_root env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends $missing
}
install >"$log" 2>&1 || {
	cat "$log" >&2
	echo "set-up stopped: apt-get could not install$missing; what it says stands above." >&2
	exit 4
}
if [ -n "$services" ] && [ -d /run/systemd/system ]; then
	# shellcheck disable=SC2086
	$as_root systemctl disable --now --quiet $services
fi
