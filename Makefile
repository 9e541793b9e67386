# The two commands: `make run` and `make test`. Both set up what is missing first.

VENV := .venv
BIN := $(VENV)/bin
STAGE := aivj/stage/web/dist/probe.js
STAGE_SOURCES := $(shell find aivj/stage/web -path '*/dist' -prune -o -type f -print) package-lock.json tsconfig.json

.DEFAULT_GOAL := help
.PHONY: help setup run test secrets lint types walls test-python test-stage docs scan clean
.PHONY: bench bench-audit bench-composing bench-composition bench-coupling bench-conversion bench-features bench-fleet
.PHONY: bench-hostile bench-library bench-live bench-memory bench-monitor bench-operating-point bench-player bench-styles bench-takes-store chaos cluster-test fresh-test image-test killed-nights wasted-nights
.PHONY: audit gpu-proof sbom

help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 24

setup: $(BIN)/.ready $(STAGE) ## install what is missing: system packages, .venv, node_modules, the stage

$(BIN)/.ready: pyproject.toml constraints.txt scripts/system-packages.sh
	@scripts/system-packages.sh
	@scripts/venv.sh $(VENV)
	@touch $@

$(BIN)/.test-ready: scripts/system-packages.sh $(BIN)/.ready
	@scripts/system-packages.sh test
	@touch $@

node_modules/.ready: package.json package-lock.json $(BIN)/.ready
	@echo 'stage: npm ci'
	@npm ci --no-audit --no-fund --loglevel=error || { \
		echo "set-up stopped: npm could not install the stage's packages; what it says stands above." >&2; \
		exit 4; }
	@touch $@

$(STAGE): $(STAGE_SOURCES) node_modules/.ready
	@echo 'stage: build'
	@npm run --silent build

run: setup ## the whole loop on real presets, from rendering to a promoted score file
	@$(BIN)/aivj demo

test: setup ## everything that CI runs
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target secrets lint types walls test-stage
	@$(MAKE) --no-print-directory test-python

# What is committed is searched whole, its history too: a secret that was removed again is still told.
secrets: SCOPE ?= --log-opts=HEAD
secrets: $(BIN)/.ready ## look for credentials in what was committed; SCOPE=--staged in what will be
ifneq ($(wildcard .git),)
	$(BIN)/betterleaks git --no-banner --redact --confidence=medium $(SCOPE) .
else
	@echo 'secrets: this is no repository of git, so nothing was searched'
endif

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	npx biome check

types: setup
	$(BIN)/mypy
	npx tsc --noEmit -p .

walls: setup
	$(BIN)/lint-imports

test-stage: setup
	npm test --silent

# The tests start hundreds of processes of Python and Node that would compile anew, each for itself.
test-python: setup $(BIN)/.test-ready
	PYTHONDONTWRITEBYTECODE= NODE_COMPILE_CACHE=$(CURDIR)/build/node-compiled $(BIN)/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder --durations=15

bench: setup ## pairs a minute, next to the classic protocol and to one browser without Ray
	$(BIN)/python -m benchmarks.sampling_throughput

bench-audit: setup ## a library of 136,109 presets audited without its rendering, and a snapshot of it
	$(BIN)/python -m benchmarks.library_audit

bench-composing: setup ## pairs composed and measured a minute: one by one, in batches, all with all
	$(BIN)/python -m benchmarks.composing_speed

bench-composition: setup ## pairs composed of their layers beside the same pairs drawn whole
	$(BIN)/python -m benchmarks.composition

bench-conversion: setup ## how many shaders of the corpus convert and link
	$(BIN)/python -m benchmarks.conversion_corpus

bench-coupling: setup ## a fit beside a plain PyTorch loop; scoring; a sweep beside a trial a process
	$(BIN)/python -m benchmarks.coupling_training
	$(BIN)/python -m benchmarks.coupling_sweep

bench-features: setup ## presets a second on their way from text to numbers
	$(BIN)/python -m benchmarks.preset_features

bench-fleet: setup ## what a thousand simulated slots lose to crashes, hangs and the driver
	$(BIN)/python -m benchmarks.fleet_simulation

bench-hostile: setup ## hostile and mutated presets: each drawn, degraded or failed, and all told
	$(BIN)/python -m benchmarks.hostile_presets

bench-library: setup ## the library page over 136,109 presets: what an answer takes
	$(BIN)/python -m benchmarks.library_page

bench-live: setup ## the live driver beside the classic protocol on our player: speed, and the same figures
	$(BIN)/python -m benchmarks.live_driver

bench-memory: setup ## whether one browser grows over two thousand presets
	$(BIN)/python -m benchmarks.browser_memory

bench-monitor: setup ## the monitor on a run of a million rows: its answers, memory, and cost at rest
	$(BIN)/python -m benchmarks.monitor_speed

bench-player: setup ## what the player costs beside GL and equations, and frames lost at a change
	$(BIN)/python -m benchmarks.player_speed

bench-operating-point: setup ## what other sizes and lengths would cost and tell
	$(BIN)/python -m benchmarks.operating_point

bench-styles: setup ## how well styles are told, each source alone: make bench-styles DATA=FOLDER [EMBEDDINGS=FOLDER]
	$(BIN)/python -m benchmarks.styles $(DATA) $(if $(EMBEDDINGS),--embeddings $(EMBEDDINGS))
	$(if $(EMBEDDINGS),$(BIN)/python -m benchmarks.taught_pictures $(DATA) --embeddings $(EMBEDDINGS))

bench-takes-store: setup ## the store of takes: bytes a preset, opening a library's, reading a thousand
	$(BIN)/python -m benchmarks.takes_store

gpu-proof: setup ## on a machine with a GPU: CUDA beside the CPU, every launch profile; var/gpu-proof, 8 minutes
	$(BIN)/python -m benchmarks.gpu_proof

fresh-test: ## both commands in a minimal Debian 12, as root and as a user with sudo; needs debootstrap
	@scripts/fresh-test.sh

image-test: ## build Dockerfile.gpu and run it as a pod would; needs debootstrap, buildah, podman, runc, jq
	@scripts/image-test.sh

sbom: setup ## what is installed, as CycloneDX: Python's packages, npm's, and the image's if it was built
	@scripts/sbom.sh

audit: sbom ## known vulnerabilities of what is installed; needs the network for their database
	@scripts/sbom.sh audit

chaos: setup ## kill browsers, actors and the driver while 120 real pairs are sampled; nothing may be lost
	$(BIN)/python -m benchmarks.chaos

killed-nights: setup ## kill a night once in each of its stages; it has to end as one left in peace; 3 minutes
	$(BIN)/python -m benchmarks.killed_nights

wasted-nights: setup $(BIN)/.test-ready ## plant what wastes a night, one by one; each must be told in time; 15 minutes, needs root
	$(BIN)/python -m benchmarks.wasted_nights

cluster-test: setup $(BIN)/.test-ready ## a cluster here that loses nodes, links and its driver while a job goes on; needs root
	@$(BIN)/python -m benchmarks.cluster_test

scan: setup ## Trivy's checks on every pod of k8s/; installs Trivy
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --group scan
	$(BIN)/python -m pytest -n 0 tests/k8s/test_trivy.py

docs: setup ## write docs/cli.md out of the verbs, docs/licences.md out of what is locked
	@mkdir -p build
	$(BIN)/python -m aivj.cli.reference > build/cli.md
	mv build/cli.md docs/cli.md
	$(BIN)/python -m scripts.licences > build/licences.md
	mv build/licences.md docs/licences.md

clean: ## remove what set-up made; var/ with your results stays
	rm -rf $(VENV) node_modules build aivj/stage/web/dist
