"""What Ray, a shell, the image and `aivj` read of the manifests, they take."""

import json
import shlex
import subprocess

import pytest
import typer
from conftest import command_made_once
from ray._private import ray_constants
from ray.autoscaler._private.kuberay import node_provider
from ray.autoscaler._private.kuberay.autoscaling_config import (
    _derive_autoscaling_config_from_ray_cr,
)
from ray.autoscaler.v2.instance_manager.config import AutoscalingConfig
from ray.autoscaler.v2.scheduler import ResourceDemandScheduler, SchedulingRequest
from ray.autoscaler.v2.utils import ResourceRequestUtil
from ray.dashboard.consts import RAY_JOB_START_TIMEOUT_SECONDS_ENV_VAR
from ray.scripts.scripts import start as ray_start

from aivj.cli.app import app
from aivj.cli.config_file import defaults_of, sections_of
from aivj.settings import Settings, unknown_variables
from k8s import ray_rules
from k8s.kuberay import start_command
from k8s.rendered import OVERLAYS, ROOT, named, of_kind, pods, rendered, standing_with_jobs


def test_the_image_is_what_pods_take_it_for():
    lines = (ROOT / "Dockerfile.gpu").read_text()
    for needed in ("COPY ray_jobs /opt/aivj/ray_jobs", "USER 1000:1000", " tini ", " wget "):
        assert needed in lines
    users = {
        pod.spec["securityContext"]["runAsUser"]
        for pod in pods(standing_with_jobs("pool-4090"))
        if pod.component in {*ray_rules.RAY, "job-submitter", "schedule"}
    }
    assert users == {1000}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_ray_s_own_autoscaler_reads_the_pool(overlay):
    objects = rendered(f"overlays/{overlay}")
    pool = named(objects, "RayCluster", "pool")

    config = _derive_autoscaling_config_from_ray_cr(pool)

    types = config["available_node_types"]
    for group in pool["spec"]["workerGroupSpecs"]:
        found = types[group["groupName"]]
        limits = group["template"]["spec"]["containers"][0]["resources"]["limits"]
        own = {name: int(number) for name, number in group["resources"].items()}
        assert own.items() <= found["resources"].items()
        assert found["resources"]["CPU"] == int(limits["cpu"])
        assert found["resources"].get("GPU", 0) == int(limits.get("nvidia.com/gpu", 0))
        assert found["idle_timeout_s"] == 300
    assert types["headgroup"]["resources"]["CPU"] == 0


STARTED = {
    "laptop": ({"driver": 1, "render": 1}, 0),
    "pool-4090": ({"driver": 1, "render": 8}, 0),
    # Told as many browsers as a pool may hold: the others wait.
    "multi-gpu-node": ({"driver": 1, "render": 1}, 20),
}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_ray_s_own_autoscaler_starts_what_a_job_asks_for(overlay):
    objects = standing_with_jobs(overlay)
    job = named(objects, "RayJob", "sample-pairs")["spec"]
    told = ray_rules.job_options(objects)["sample_pairs.yaml"]
    browser = {
        "CPU": told.get("actor-cpus", 1),
        "GPU": told.get("actor-gpus", 0),
        "browser_slot": told["browser-slots"],
    }
    shapes = [json.loads(job["entrypointResources"]), *[browser] * told["workers"]]
    asked = [
        ResourceRequestUtil.make({name: number for name, number in shape.items() if number})
        for shape in shapes
    ]
    pool = named(objects, "RayCluster", "pool")
    config = AutoscalingConfig(_derive_autoscaling_config_from_ray_cr(pool), skip_content_hash=True)

    reply = ResourceDemandScheduler().schedule(
        SchedulingRequest(
            disable_launch_config_check=True,
            node_type_configs=config.get_node_type_configs(),
            max_num_nodes=config.get_max_num_nodes(),
            resource_requests=ResourceRequestUtil.group_by_count(asked),
        )
    )

    started = {one.instance_type: one.count for one in reply.to_launch}
    assert (started, len(reply.infeasible_resource_requests)) == STARTED[overlay]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_ray_s_own_command_takes_what_the_operator_writes(overlay):
    cluster = next(ray_rules.clusters(rendered(f"overlays/{overlay}")))
    for group in [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]:
        is_head = "groupName" not in group
        _, _, *arguments = shlex.split(start_command(group, is_head=is_head))
        told = ray_start.make_context("start", arguments).params
        assert told["head"] is is_head
        assert told["block"]
        assert json.loads(told["resources"]) == {
            name: int(number) for name, number in group.get("resources", {}).items()
        }


def test_variables_are_those_that_ray_reads():
    told = named(rendered("overlays/pool-4090"), "ConfigMap", "aivj-environment")["data"]
    drain_s = ray_constants.RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S
    assert isinstance(drain_s, float)
    assert RAY_JOB_START_TIMEOUT_SECONDS_ENV_VAR in told


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_variables_are_those_that_aivj_reads(overlay, monkeypatch):
    told = named(rendered(f"overlays/{overlay}"), "ConfigMap", "aivj-environment")["data"]
    assert unknown_variables(told) == []
    for name in ("AIVJ_HOME", "AIVJ_SCRATCH"):
        monkeypatch.setenv(name, told[name])
    settings = Settings()
    assert settings.home_uri == told["AIVJ_HOME"]
    assert settings.home.is_relative_to("/scratch")


def test_the_token_lies_where_ray_s_autoscaler_looks():
    options = next(ray_rules.clusters(rendered("overlays/pool-4090")))["autoscalerOptions"]
    places = {one["name"]: one["mountPath"] for one in options["volumeMounts"]}
    for path in (node_provider.IN_CLUSTER_TOKEN_PATH, node_provider.IN_CLUSTER_CA_CERT_PATH):
        assert path.rpartition("/")[0] == places["api-server-token"]


PRINTS_ITS_ARGUMENTS = """#!/usr/bin/env python3
import json, os, sys
print(json.dumps([os.getppid(), os.getpid(), *sys.argv[1:]]))
"""


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_command_hands_on_what_the_operator_says(overlay, tmp_path):
    """In a real shell: quotes of --resources are gone, and no shell stays to take SIGTERM."""
    ray = tmp_path / "ray"
    ray.write_text(PRINTS_ITS_ARGUMENTS)
    ray.chmod(0o755)
    cluster = next(ray_rules.clusters(rendered(f"overlays/{overlay}")))
    for group in [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]:
        container = group["template"]["spec"]["containers"][0]
        command = start_command(group, is_head="groupName" not in group)
        popen = subprocess.Popen(
            [*container["command"][2:], *container["args"]],
            env={"PATH": f"{tmp_path}:/usr/bin:/bin", "KUBERAY_GEN_RAY_START_CMD": command},
            stdout=subprocess.PIPE,
            text=True,
        )
        out, _ = popen.communicate(timeout=30)
        _, pid, *arguments = json.loads(out)
        assert pid == popen.pid
        assert arguments[0] == "start"
        resources = [one for one in arguments if one.startswith("--resources=")]
        told_ray = {name: int(number) for name, number in group.get("resources", {}).items()}
        assert [json.loads(one.partition("=")[2]) for one in resources] == (
            [told_ray] if told_ray else []
        )


VERBS = {
    "render_takes": ("takes", "draw"),
    "audit_library": ("audit", "run"),
    "render_frames": ("frames",),
    "embed_frames": ("embed",),
    "train_lora": ("lora",),
    "sample_pairs": ("sample",),
    "train_coupling": ("train",),
    "sweep_coupling": ("sweep",),
    "score_promote": ("loop",),
    "coupling_loop": ("loop",),
    "night": ("night",),
}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_each_job_has_its_rayjob_and_its_file(overlay):
    jobs = {path.stem for path in (ROOT / "ray_jobs").glob("*.py")}
    objects = standing_with_jobs(overlay)
    assert {
        one["metadata"]["name"].replace("-", "_"): one["spec"]["entrypoint"]
        for one in of_kind(objects, "RayJob")
    } == {
        name: f"python /opt/aivj/ray_jobs/{name}.py --config /etc/aivj/jobs/{name}.yaml"
        for name in jobs
    }
    assert {path.removesuffix(".yaml") for path in ray_rules.job_options(objects)} == jobs


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("job", VERBS)
def test_each_job_takes_its_file_whole(overlay, job, tmp_path, monkeypatch):
    monkeypatch.setenv("AIVJ_HOME", str(tmp_path))
    objects = rendered(f"overlays/{overlay}")
    told = ray_rules.job_options(objects)[f"{job}.yaml"]
    path = tmp_path / f"{job}.yaml"
    path.write_text(named(objects, "ConfigMap", "aivj-jobs")["data"][path.name])
    command = command_made_once(app)
    context = typer.Context(command, obj=Settings())
    context.params = {"home": None}
    for word in VERBS[job]:
        command = command.commands[word]

    made = command.make_context(job, ["--config", str(path)], parent=context)

    sections = sections_of(made)
    assert len(made.default_map) + len(sections) == len(told)
    for name, section in sections.items():
        verb = command_made_once(app).commands[name]
        assert len(defaults_of(verb, section, name)) == len(section)


def test_the_profile_reaches_the_node(tmp_path):
    """The DaemonSet's own lines, with folders of this machine."""
    objects = rendered("nodes")
    told = next(one["data"] for one in of_kind(objects, "ConfigMap"))
    for name in ("profiles", "node"):
        (tmp_path / name).mkdir()
    (tmp_path / "node" / "chromium.json").write_text("of before")
    for name, text in told.items():
        (tmp_path / "profiles" / name).write_text(text)
    copy = named(objects, "DaemonSet", "seccomp-profiles")["spec"]["template"]["spec"]
    container = copy["initContainers"][0]
    lines = container["args"][0]
    for mount in container["volumeMounts"]:
        lines = lines.replace(mount["mountPath"] + "/", f"{tmp_path}{mount['mountPath']}/")

    subprocess.run([*container["command"], lines], check=True)

    profile = (ROOT / "k8s" / "seccomp" / "chromium.json").read_text()
    assert {path.name: path.read_text() for path in (tmp_path / "node").iterdir()} == {
        "chromium.json": profile
    }
    assert json.loads(profile)["defaultAction"] == "SCMP_ACT_ERRNO"
