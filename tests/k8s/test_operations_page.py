"""What docs/operations.md has you type: kubectl knows it, folders render, names are there."""

import json
import re
import shlex
import subprocess

import pytest

from k8s.object_rules import SECRETS
from k8s.rendered import FOLDERS, K8S, KUBECTL, ROOT, rendered

PAGE = (ROOT / "docs" / "operations.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
INLINE = re.findall(r"`(kubectl [^`]+)`", PAGE)
LINES = [line for block in BLOCKS for line in block.splitlines()] + INLINE
COMMANDS = [line for line in LINES if line.startswith("kubectl ")]

# What others make: KubeRay, StatefulSets, a Job of a CronJob, whoever has the cluster.
MADE_LATER = {
    ("service", "pool-head-svc"),
    ("pod", "postgres-0"),
    ("job", "night-now"),
    ("rayjob", "night-now"),
    ("namespace", "monitoring"),
    ("namespace", "ingress-nginx"),
    *(("secret", name) for name in SECRETS),
}
KINDS = {
    "service",
    "job",
    "rayjob",
    "raycluster",
    "deployment",
    "daemonset",
    "cronjob",
    "secret",
    "namespace",
}
# A kind and a name follow them as two words.
VERBS = {"get", "delete", "label", "create"}


def words(command):
    """Returns the words of a command as a shell would, without what follows a redirection."""
    return shlex.split(re.split(r" [<>|] ", command)[0])


def test_there_are_commands():
    assert len(COMMANDS) > 25


@pytest.mark.parametrize("command", COMMANDS)
def test_kubectl_knows_the_flags(command):
    given = words(command)
    end = given.index("--") if "--" in given else len(given)
    asked = [KUBECTL, *given[1:end], "--help"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage:" in done.stdout


@pytest.mark.parametrize("command", [c for c in COMMANDS if " -k " in c])
def test_the_folder_renders_and_the_selector_finds_something(command):
    given = words(command)
    folder = given[given.index("-k") + 1]
    assert (ROOT / folder / "kustomization.yaml").is_file()
    name = (ROOT / folder).relative_to(K8S).as_posix()
    if "-l" in given:
        key, _, value = given[given.index("-l") + 1].partition("=")
        objects = rendered(name)
        assert [one for one in objects if one["metadata"].get("labels", {}).get(key) == value]


def named_by(command):
    """Yields kinds and names of objects that a command speaks of."""
    given = words(command)
    for word in given:
        found = re.fullmatch(r"(?:--from=)?([a-z]+)/([a-z0-9-]+)", word)
        if found and found[1] in KINDS:
            yield found[1], found[2]
    for verb in VERBS & set(given):
        kind, *rest = [w for w in given[given.index(verb) + 1 :] if w != "generic"]
        if kind in KINDS and rest and not rest[0].startswith("-"):
            yield kind, rest[0]
    if "exec" in given:
        yield "pod", next(w for w in given[given.index("exec") + 1 :] if not w.startswith("-"))


@pytest.mark.parametrize("command", [c for c in COMMANDS if list(named_by(c))])
def test_what_it_names_is_there(command):
    objects = [one for folder in FOLDERS for one in rendered(folder)]
    there = {(one["kind"].lower(), one["metadata"]["name"]) for one in objects} | MADE_LATER
    assert set(named_by(command)) <= there


def test_secrets_that_are_made_have_the_keys_that_pods_read():
    made = {}
    for command in COMMANDS:
        given = words(command)
        if "generic" in given:
            done = subprocess.run(
                [KUBECTL, *given[1:], "--dry-run=client", "--output=json"],
                capture_output=True,
                text=True,
                check=True,
            )
            secret = json.loads(done.stdout)
            made[secret["metadata"]["name"]] = set(secret["data"])
    assert made == SECRETS
    for name, keys in SECRETS.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}`"))
        assert all(f"`{key}`" in row for key in keys)


@pytest.mark.parametrize("path", re.findall(r"`(k8s/[\w./-]+|mlflow/[\w.-]+)`", PAGE))
def test_paths_that_are_told_are_there(path):
    assert (ROOT / path).exists()
