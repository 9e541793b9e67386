#!/bin/bash
# The README's two commands in a minimal Debian 12 that has git, make and python3, and nothing else:
# once as root, once as a user with sudo. Fails where a set-up of ours has left something out that
# this machine happens to have.
#
#   scripts/fresh-test.sh [root|user]...      default: both, one after the other
#
# Needs root (or sudo) and debootstrap. FRESH_DIR (default /var/tmp/aivj-fresh) holds the minimal
# system, which is made once, and what pip and npm have downloaded; 20 GB while it runs. FRESH_RUN
# replaces the commands ("make run && make test").
set -euo pipefail

cd "$(dirname "$0")/.."
fresh=${FRESH_DIR:-/var/tmp/aivj-fresh}
commands=${FRESH_RUN:-make run && make test}
suite=bookworm
users=("$@")
[ ${#users[@]} -gt 0 ] || users=(root user)

if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || { echo "fresh-test: skipped: needs root or sudo"; exit 0; }
	exec sudo --preserve-env "$0" "$@"
fi
for tool in debootstrap unshare chroot; do
	command -v $tool >/dev/null || { echo "fresh-test: skipped: there is no $tool here"; exit 0; }
done

# What a machine says of its registries (a proxy, a mirror, its certificates) is no part of being
# fresh: it goes along.
registries() {
	env | grep -E '^(https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY|PIP_[A-Z_]+|NPM_CONFIG_[A-Z_]+|npm_config_[a-z_]+|SSL_CERT_FILE|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE)=' || true
}

# Folders of this machine from which pip installs.
package_folders() {
	{ env | grep '^PIP_' || true; cat /etc/pip.conf /etc/xdg/pip/* 2>/dev/null || true; } |
		grep -oE "(^|[ =:'\"]|file://)/[^ :'\"]+" | sed -E "s#^.*file://##; s#^[ =:'\"]##" |
		sed -E 's#/simple/?$##' | sort -u |
		while read -r folder; do [ ! -d "$folder" ] || echo "$folder"; done
}

minimal_system() {
	local base=$fresh/$suite
	[ -e "$base/.complete" ] && return
	echo "fresh-test: a minimal $suite in $base"
	rm -rf --one-file-system "$base"
	mkdir -p "$base"
	debootstrap --variant=minbase --include=git,make,python3,ca-certificates "$suite" "$base" \
		"${FRESH_MIRROR:-http://deb.debian.org/debian}" >"$fresh/debootstrap.log" 2>&1 ||
		{ tail -5 "$fresh/debootstrap.log"; exit 1; }
	cp -a /etc/apt/apt.conf.d/*proxy* "$base/etc/apt/apt.conf.d/" 2>/dev/null || true
	[ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$base/etc/"
	[ ! -d /etc/xdg/pip ] || { mkdir -p "$base/etc/xdg" && cp -a /etc/xdg/pip "$base/etc/xdg/"; }
	cp -aL /etc/ssl/certs/ca-certificates.crt "$base/etc/ssl/certs/"
	touch "$base/.complete"
}

# Runs in namespaces of its own: whatever it mounts and starts is gone when it ends, or is killed.
inside() { # inside ROOT USER
	local root=$1 user=$2 folder
	mount -t proc proc "$root/proc"
	mount --rbind /sys "$root/sys"
	mount --rbind /dev "$root/dev"
	mount -t tmpfs -o size=4g tmpfs "$root/dev/shm"
	mount -t tmpfs tmpfs "$root/run"
	for folder in $(package_folders); do
		mkdir -p "$root$folder"
		mount --bind -o ro "$folder" "$root$folder"
	done
	local home=/root
	[ "$user" = root ] || home=/home/$user
	mkdir -p "$fresh/downloads-$user" "$root$home/.cache" "$root$home/.npm"
	mkdir -p "$fresh/downloads-$user/cache" "$fresh/downloads-$user/npm"
	mount --bind "$fresh/downloads-$user/cache" "$root$home/.cache"
	mount --bind "$fresh/downloads-$user/npm" "$root$home/.npm"
	[ "$user" = root ] || chroot "$root" chown -R "$user" "$home"
	mapfile -t passed < <(registries)
	chroot "$root" /usr/bin/env -i HOME="$home" USER="$user" LANG=C.UTF-8 TERM=dumb CI=true \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${passed[@]}" \
		setpriv --reuid="$user" --regid="$user" --init-groups \
		bash -c "cd ~/aivj && { $commands; }"
}

as_user() { # as_user USER
	local user=$1 root=$fresh/as-$1
	echo "fresh-test: as $user: $commands"
	rm -rf --one-file-system "$root"
	cp -a "$fresh/$suite" "$root"
	cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
	local home=/root
	if [ "$user" != root ]; then
		home=/home/$user
		chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -euc "
			apt-get update -qq && apt-get install -y -qq --no-install-recommends sudo >/dev/null 2>&1
			useradd --create-home $user
			echo '$user ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/$user"
	fi
	git clone --quiet . "$root$home/aivj"
	[ "$user" = root ] || chroot "$root" chown -R "$user" "$home"
	setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child bash -euc \
		"$(declare -f inside registries package_folders); fresh='$fresh' commands='$commands' inside '$root' '$user'"
	echo "fresh-test: as $user: passed"
	rm -rf --one-file-system "$root"
}

mkdir -p "$fresh"
minimal_system
for user in "${users[@]}"; do as_user "$user"; done
