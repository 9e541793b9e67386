#!/bin/sh
# Healthy: what ended was reaped, there is room to draw in, and Ray's node, where there is one, answers.
set -eu

max_defunct=50
min_free_kib=65536

num_defunct=$(cat /proc/[0-9]*/status 2>/dev/null | grep -c '^State:.Z' || true)
if [ "$num_defunct" -gt "$max_defunct" ]; then
	echo "expected at most $max_defunct defunct processes, found $num_defunct; start the container with tini as process 1"
	exit 1
fi

for folder in /tmp "${AIVJ_SCRATCH:-/tmp}" "${AIVJ_HOME:-/var/lib/aivj}"; do
	[ -d "$folder" ] || continue # a bucket
	free_kib=$(df --output=avail "$folder" | tail -n 1)
	if [ "$free_kib" -lt "$min_free_kib" ]; then
		echo "expected $min_free_kib KiB free in $folder, found $free_kib; give it more room"
		exit 1
	fi
done

for process in /proc/[0-9]*/comm; do
	if [ "$(cat "$process" 2>/dev/null)" = raylet ]; then
		# What KubeRay asks as well.
		answer=$(wget --quiet --tries=1 --timeout=5 --output-document=- \
			http://127.0.0.1:52365/api/local_raylet_healthz || true)
		case $answer in
		*success*) exit 0 ;;
		*)
			echo "expected Ray's node to say success, found '$answer'; see its logs in /tmp/ray"
			exit 1
			;;
		esac
	fi
done
