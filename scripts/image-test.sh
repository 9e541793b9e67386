#!/bin/bash
# Builds Dockerfile.gpu on a minimal Debian and runs it as a pod would: uid 1000, no capabilities, no new
# privileges, read-only root, the seccomp profile of k8s/seccomp/. Three presets are drawn with
# Chromium's sandbox on, alone and on a Ray node that is started as KubeRay starts one.
#
#   scripts/image-test.sh
#
# Needs root (or sudo), debootstrap, buildah, podman, runc and jq; where one is missing it says so and skips.
# IMAGE_DIR (default /var/tmp/aivj-image) holds the minimal system and the layers, 10 GB: the next build
# makes only what changed. IMAGE_PRESETS is a folder of .milk files, by default Debian's projectm-data.
set -euo pipefail

cd "$(dirname "$0")/.."
dir=${IMAGE_DIR:-/var/tmp/aivj-image}
presets=${IMAGE_PRESETS:-/usr/share/projectM/presets/presets_milkdrop}
suite=trixie
name=aivj-image-test-$$
min_free_gib=25

say() { echo "image-test: $*"; }
fail() {
	say "FAILED: $*" >&2
	exit 1
}

if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || { say "skipped: needs root or sudo"; exit 0; }
	exec sudo --preserve-env "$0" "$@"
fi
for tool in debootstrap buildah podman runc jq; do
	command -v $tool >/dev/null || { say "skipped: there is no $tool here"; exit 0; }
done
[ -n "$(find "$presets" -name '*.milk' -print -quit 2>/dev/null)" ] ||
	{ say "skipped: no presets in $presets; name some in IMAGE_PRESETS"; exit 0; }
mkdir -p "$dir"
if [ ! -e "$dir/.built" ] && [ "$(df --output=avail -BG "$dir" | tail -n 1 | tr -dc 0-9)" -lt $min_free_gib ]; then
	say "skipped: needs $min_free_gib GiB in $dir"
	exit 0
fi

storage=(--root "$dir/storage" --runroot "$dir/run" --storage-driver overlay)
buildah() { command buildah "${storage[@]}" "$@"; }
podman() { command podman "${storage[@]}" --runtime runc --cgroup-manager cgroupfs "$@"; }

# What a machine says of its registries (a proxy, a mirror, its certificates) goes into the base.
base_image() {
	buildah inspect --type image aivj-base >/dev/null 2>&1 && return
	say "a minimal $suite"
	local root=$dir/$suite
	rm -rf --one-file-system "$root"
	mkdir -p "$root"
	debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" \
		"${FRESH_MIRROR:-http://deb.debian.org/debian}" >"$dir/debootstrap.log" 2>&1 ||
		{ tail -5 "$dir/debootstrap.log" >&2; fail "debootstrap did not make a minimal $suite"; }
	cp -a /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
	[ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/"
	[ ! -d /etc/xdg/pip ] || { mkdir -p "$root/etc/xdg" && cp -a /etc/xdg/pip "$root/etc/xdg/"; }
	cp -aL /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
	echo 'cafile=/etc/ssl/certs/ca-certificates.crt' >"$root/etc/npmrc"
	mkdir -p "$dir/context"
	tar -C "$root" -cf "$dir/context/base.tar" .
	printf 'FROM scratch\nADD base.tar /\nCMD ["bash"]\n' >"$dir/context/Dockerfile"
	buildah bud --isolation chroot --tag aivj-base "$dir/context" >"$dir/base.log" 2>&1 ||
		{ tail -5 "$dir/base.log" >&2; fail "buildah did not make the base"; }
	rm -rf --one-file-system "$root" "$dir/context"
}

build() {
	say "build; its log is $dir/build.log"
	local stage
	: >"$dir/build.log"
	# Of a build that was broken off.
	buildah rm --all >/dev/null
	# The first stage has a name of its own, or it would go with what earlier builds left behind.
	for stage in "--target build --tag aivj-build" "--tag aivj-gpu"; do
		# shellcheck disable=SC2086
		buildah bud --isolation chroot --format docker --layers --file Dockerfile.gpu $stage \
			--build-arg BASE=localhost/aivj-base --build-arg APT_SNAPSHOT= \
			--build-arg REVISION="$(git rev-parse HEAD 2>/dev/null || echo unknown)" . >>"$dir/build.log" 2>&1 ||
			{ tail -20 "$dir/build.log" >&2; fail "the build"; }
	done
	podman image prune --force >/dev/null
	touch "$dir/.built"
}

# As a pod under Pod Security `restricted` runs; podman's health timers would need systemd.
pod() { # pod OPTION... IMAGE COMMAND...
	podman run --name "$name" --no-healthcheck --network none --user 1000:1000 --cap-drop all \
		--security-opt no-new-privileges --security-opt "seccomp=${seccomp:-$PWD/k8s/seccomp/chromium.json}" \
		--read-only --read-only-tmpfs=false --tmpfs /tmp:rw,size=4g,mode=1777 --shm-size 1g \
		--ulimit nofile=10000:10000 --ulimit nproc=4096:4096 \
		--volume "$dir/presets:/presets:ro" --volume "$dir/home:/var/lib/aivj" --env AIVJ_GPU=software "$@"
}
logs() { podman logs "$name" >"$dir/run.log" 2>&1; }
remove() { podman rm --force --time 0 "$name" >/dev/null 2>&1 || true; }
trap remove EXIT

descendants() { # descendants PID
	local child
	while read -r child; do
		echo "$child"
		descendants "$child"
	done < <(cat /proc/"$1"/task/*/children 2>/dev/null | tr ' ' '\n' | sed '/^$/d')
}

namespace() { readlink "/proc/$1/ns/$2"; }

# A page's process has users, processes and a network of its own, sees no file, and has two filters of
# system calls: the container's, and the one that Chromium adds.
is_sandboxed() { # is_sandboxed PROCESS CONTAINER'S-PROCESS
	local kind
	for kind in user pid net; do
		[ "$(namespace "$1" $kind)" != "$(namespace "$2" $kind)" ] || return 1
	done
	[ -z "$(ls "/proc/$1/root")" ] || return 1
	[ "$(sed -n 's/^Seccomp_filters:\t//p' "/proc/$1/status")" -ge 2 ]
}

sandboxed_page() { # sandboxed_page CONTAINER'S-PROCESS: prints how many processes of pages are
	local process command count=0
	for process in $(descendants "$1"); do
		command=$(tr '\0' ' ' 2>/dev/null <"/proc/$process/cmdline") 2>/dev/null || continue
		case $command in
		*--no-sandbox* | *--disable-setuid-sandbox*) fail "a browser without its sandbox: $command" ;;
		*--type=renderer*) ! is_sandboxed "$process" "$1" 2>/dev/null || count=$((count + 1)) ;;
		esac
	done
	echo $count
}

draws_in_a_sandbox() {
	local main pages=0
	pod --detach aivj-gpu aivj takes draw --presets /presets --executor in-process --workers 1 >/dev/null
	main=$(podman inspect --format '{{.State.Pid}}' "$name")
	while [ "$pages" -eq 0 ] && [ "$(podman inspect --format '{{.State.Running}}' "$name")" = true ]; do
		pages=$(sandboxed_page "$main")
	done
	[ "$(podman wait "$name")" -eq 0 ] || fail "three presets were not drawn; $(logs; cat "$dir/run.log")"
	[ "$pages" -gt 0 ] || fail "no page had a sandbox while presets were drawn"
	logs
	grep --quiet '^3 of 3 different presets are drawn' "$dir/run.log" ||
		fail "not all of three presets were drawn; $(cat "$dir/run.log")"
	remove
}

leaves_nothing() {
	# shellcheck disable=SC2016
	pod aivj-gpu bash -euc '
		aivj takes draw --presets /presets --takes /tmp/takes --headed >/dev/null 2>&1
		for status in /proc/[0-9]*/status; do
			read -r _ name <"$status"
			case $name in tini | bash) ;; *) echo "left behind: $name $(grep ^State "$status")" ;; esac
		done
		aivj-health' >"$dir/left.log" || fail "a headed browser on Ray; $(cat "$dir/left.log")"
	[ ! -s "$dir/left.log" ] || fail "processes outlived the command; $(cat "$dir/left.log")"
	remove
}

# KubeRay replaces the entry point and the command; Ray's node ends on SIGTERM, drained.
runs_as_kuberay_starts_it() {
	pod --detach --entrypoint '["tini","--","/bin/bash","-c"]' aivj-gpu \
		'ray start --head --block --num-cpus=2 --node-ip-address=127.0.0.1 --object-store-memory=100000000' \
		>/dev/null
	# shellcheck disable=SC2016
	timeout 120 bash -c 'until "$@" bash -c "grep --quiet --line-regexp raylet /proc/[0-9]*/comm && aivj-health"; do
		sleep 1; done' until-healthy "$(type -P podman)" "${storage[@]}" exec "$name" >"$dir/health.log" 2>&1 ||
		fail "Ray's node did not become healthy; $(logs; cat "$dir/run.log"; tail -n 3 "$dir/health.log")"
	podman exec "$name" aivj takes draw --presets /presets --takes /tmp/takes --ray-address auto \
		>"$dir/ray.log" 2>&1 || fail "three presets on Ray's node; $(cat "$dir/ray.log")"
	podman stop --time 60 "$name" >/dev/null
	logs
	grep --quiet 'finished draining' "$dir/run.log" ||
		fail "Ray's node was not drained on SIGTERM; $(cat "$dir/run.log")"
	remove
}

# The profile is needed: with what container runtimes allow by default no namespace can be made, so
# no sandbox and no browser.
is_refused_without_the_profile() {
	jq '.defaultErrnoRet = 1
		| .syscalls |= map(select(.names | any(. == "clone" or . == "unshare" or . == "chroot") | not))
		| .syscalls += [
			{names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38},
			{names: ["clone"], action: "SCMP_ACT_ALLOW",
				args: [{index: 0, value: 2114060288, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ"}]}]' \
		k8s/seccomp/chromium.json >"$dir/default.json"
	! seccomp=$dir/default.json pod aivj-gpu aivj doctor >"$dir/refused.log" 2>&1 ||
		fail "a browser opened without the calls that make its sandbox"
	grep --quiet "Chromium's sandbox" "$dir/refused.log" ||
		fail "its refusal does not name the sandbox; $(cat "$dir/refused.log")"
	remove
}

holds_nothing_unwanted() {
	# shellcheck disable=SC2016
	pod aivj-gpu bash -uc '
		find / -xdev -type f -perm /6000 -printf "sets user or group: %p\n"
		find / -xdev -type f -writable -not -path "/proc/*" -printf "writable: %p\n"
		find / -xdev -name "lvp_icd*" -printf "draws Vulkan on the CPU: %p\n"
		find / -xdev \( -name id_rsa -o -name .netrc -o -name .npmrc -o -path "*/.aws/*" \) -printf "credentials: %p\n"
		[ "$(id -u)" -eq 1000 ] || echo "runs as $(id -u)"
		echo looked' 2>/dev/null >"$dir/unwanted.log"
	[ "$(cat "$dir/unwanted.log")" = looked ] || fail "the image holds what it should not; $(cat "$dir/unwanted.log")"
	remove
}

rm -rf --one-file-system "${dir:?}/presets" "${dir:?}/home"
mkdir -p "$dir/presets" "$dir/home"
chown 1000:1000 "$dir/home"
# Far from each other in the list: neighbours may be remixes with the same content.
mapfile -d '' -t found < <(find "$presets" -name '*.milk' -print0 | sort -z)
for third in 0 1 2; do cp "${found[$((third * ${#found[@]} / 3))]}" "$dir/presets/"; done

base_image
build
for check in holds_nothing_unwanted draws_in_a_sandbox leaves_nothing runs_as_kuberay_starts_it \
	is_refused_without_the_profile; do
	say "${check//_/ }"
	$check
done
say "passed; $(podman images --format '{{.Size}}' aivj-gpu) in $dir"
