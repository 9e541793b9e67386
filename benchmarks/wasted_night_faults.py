"""What wastes a night, each as something that is done to a home before or while a night goes."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from aivj.contracts.pairs_manifest import PAIRS_MANIFEST_NAME
from aivj.contracts.run_folder import EVAL_NAME, PICTURES_NAME
from aivj.coupling.served_files import CHECKPOINT_NAME
from aivj.pipeline.night import NightFiles
from benchmarks.services.child import answers, free_port, running
from benchmarks.services.objects import make_bucket, moto_store, reach
from benchmarks.wasted_night_run import PACK, STAMP, NightHome, Planted

_MOUNT = "/usr/bin/mount"
_ALLOWED = ("--allow-cpu", "--gpu", "software")
_NUM_PAIRS = 12
_NUM_PRESETS = 2 * _NUM_PAIRS
_BLACK = "[preset00]\nfDecay=0\nfWaveAlpha=0\nfVideoEchoAlpha=0\nzoom=1.0{number:02}\n"
_STILL = (
    "[preset00]\nfDecay=0\nfWaveAlpha=0\nob_size=0.{number:02}\nob_r=1\nob_a=1\nzoom=1\nwarp=0\n"
)
# What the night says when the player plays.
_PLAYS = "weighted arm"
_RUN_AWAY = 60.0
_EXAMINATION_S = 20.0
_SERVED = f"served {PACK}"
# Checks of the morning that fail: of a night that made nothing new of an old pack, or of a new one;
# of dark pictures, of one and the same, of pictures that are not the run's; of a release
# that was not made; of runs that wait.
_OLD = frozenset({"stages", f"scores {PACK}", f"verified {PACK}"})
_DARK = _OLD | {_SERVED, "ok rate", "pictures"}
_ONE = _OLD | {_SERVED, "pictures"}
_FALSE = _OLD | {"pictures"}
_UNSERVED = frozenset({"stages", _SERVED})
_NOTHING: frozenset[str] = frozenset()
_WAITING = frozenset({"recorded"})


Plant = Callable[[NightHome], contextlib.AbstractContextManager[Planted]]


@dataclass(frozen=True)
class Fault:
    """A fault, and what has to become of the night.

    Attributes:
        name: What it is called.
        stopped_by: What notices it.
        exit_code: How the night ends.
        says: Pattern of what it says.
        promised_s: Within how many seconds of the fault.
        morning: Checks of the morning that fail; all others pass, or do not apply.
        planted: Plants it in a home for as long as the block goes on.
    """

    name: str
    stopped_by: str
    exit_code: int
    says: str
    promised_s: float
    morning: frozenset[str]
    planted: Plant


@contextlib.contextmanager
def _software_renderer(_home: NightHome) -> Iterator[Planted]:
    yield Planted(("--allow-cpu", "--gpu", "require"))


@contextlib.contextmanager
def _no_cuda(_home: NightHome) -> Iterator[Planted]:
    yield Planted(("--gpu", "software"), {"CUDA_VISIBLE_DEVICES": ""})


@contextlib.contextmanager
def _silence(home: NightHome) -> Iterator[Planted]:
    path = home.folder / "silent.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 44_100, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 44_100 * 10))
    yield Planted((*_ALLOWED, "--audio", str(path)))


@contextlib.contextmanager
def _dark_pack(home: NightHome) -> Iterator[Planted]:
    _replace_pack(home, [_BLACK.format(number=number) for number in range(_NUM_PRESETS)])
    yield Planted(_ALLOWED)


@contextlib.contextmanager
def _still_pack(home: NightHome) -> Iterator[Planted]:
    texts = [_STILL.format(number=10 + number) for number in range(_NUM_PRESETS)]
    _replace_pack(home, texts)
    yield Planted(_ALLOWED)


@contextlib.contextmanager
def _frozen_page(home: NightHome) -> Iterator[Planted]:
    """Every pair looks the same, as on a page that does not switch."""
    one = next(home.pack.rglob("*.milk")).read_text(encoding="latin-1")
    _replace_pack(home, [f"{one}\n// {number}\n" for number in range(_NUM_PRESETS)])
    yield Planted(_ALLOWED)


@contextlib.contextmanager
def _hung_drawing(home: NightHome) -> Iterator[Planted]:
    """A browser that answers no more, as on a driver that hangs."""
    shutil.rmtree(home.takes)
    yield Planted(
        _ALLOWED, during="sample", act=lambda: _is_measuring(home) and _stop_browser(home)
    )


@contextlib.contextmanager
def _hung_verifying(home: NightHome) -> Iterator[Planted]:
    log = Path(NightFiles(str(home.folder), STAMP, (PACK,)).log)
    yield Planted(
        _ALLOWED,
        during="verify",
        act=lambda: _PLAYS in log.read_text(errors="replace") and _stop_browser(home),
    )


@contextlib.contextmanager
def _collapsed_scores(home: NightHome) -> Iterator[Planted]:
    """A net that ran away: whatever a pair is like, it likes it as much as can be.

    One that likes nothing would do no harm: scores are what was measured, and taste besides.
    """
    from safetensors import safe_open
    from safetensors.torch import save_file

    path = home.folder / "outputs" / "coupling" / "models" / CHECKPOINT_NAME
    with safe_open(path, "pt") as net:
        tensors = {name: net.get_tensor(name) for name in net.keys()}  # noqa: SIM118
        metadata = net.metadata()
    tensors["out.bias"] += _RUN_AWAY
    save_file(tensors, path, metadata)
    # Other weights than those beside them say would be refused for that.
    for suffix in (".pth", ".json"):
        path.with_suffix(suffix).unlink()
    yield Planted((*_ALLOWED, "--skip", "train"))


@contextlib.contextmanager
def _small_disk(home: NightHome) -> Iterator[Planted]:
    with _own_disk(home, 1024):
        yield Planted(_ALLOWED)


@contextlib.contextmanager
def _disk_full_drawing(home: NightHome) -> Iterator[Planted]:
    with _own_disk(home, 4096) as fill:
        shutil.rmtree(home.takes)
        yield Planted(_ALLOWED, during="sample", act=lambda: _is_measuring(home) and fill())


@contextlib.contextmanager
def _disk_full_learning(home: NightHome) -> Iterator[Planted]:
    with _own_disk(home, 4096) as fill:
        yield Planted(_ALLOWED, during="train", act=fill)


@contextlib.contextmanager
def _tracking_away(_home: NightHome) -> Iterator[Planted]:
    yield Planted((*_ALLOWED, "--tracking-uri", f"http://127.0.0.1:{free_port()}"))


@contextlib.contextmanager
def _tracking_dies(home: NightHome) -> Iterator[Planted]:
    folder = home.temp_dir / "mlflow"
    folder.mkdir()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [
        *(sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db"),
        *("--artifacts-destination", str(folder / "artifacts")),
    ]
    env = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"}
    with running(
        command,
        log=folder / "server.log",
        is_ready=lambda: answers(f"{address}/health"),
        env=env,
        cwd=folder,
    ) as server:

        def die() -> bool:
            os.killpg(server.pid, signal.SIGKILL)
            return True

        yield Planted((*_ALLOWED, "--tracking-uri", address), during="train", act=die)


@contextlib.contextmanager
def _bucket_away(_home: NightHome) -> Iterator[Planted]:
    env = reach(f"http://127.0.0.1:{free_port()}")
    yield Planted((*_ALLOWED, "--bucket", "s3://live/public"), env)


@contextlib.contextmanager
def _bucket_dies(_home: NightHome) -> Iterator[Planted]:
    with contextlib.ExitStack() as store:
        url = store.enter_context(moto_store())
        make_bucket(url, "live")

        def die() -> bool:
            store.close()
            return True

        words = (*_ALLOWED, "--bucket", "s3://live/public")
        yield Planted(words, reach(url), during="train", act=die)


def _changed(during: str, change: Callable[[NightHome], None]) -> Plant:
    @contextlib.contextmanager
    def planted(home: NightHome) -> Iterator[Planted]:
        is_of_sampling = during == "sample"
        if is_of_sampling:
            shutil.rmtree(home.takes)

        def act() -> bool:
            if is_of_sampling and not _is_measuring(home):
                return False
            change(home)
            return True

        yield Planted(_ALLOWED, during=during, act=act)

    return planted


def _other_pairs(home: NightHome) -> None:
    """Gives each pair of the manifest the next one's foreground."""
    path = home.pack / PAIRS_MANIFEST_NAME
    told = json.loads(path.read_text())
    urls = [pair["fgUrl"] for pair in told["pairs"]]
    for pair, url in zip(told["pairs"], [*urls[1:], urls[0]], strict=True):
        pair["fgUrl"] = url
    path.write_text(json.dumps(told))


def _other_presets(home: NightHome) -> None:
    """Leaves the manifest as it is, and puts other presets where it says."""
    paths = sorted((home.pack / "fg").glob("*.milk"))
    texts = [path.read_bytes() for path in paths]
    for path, text in zip(paths, [*texts[1:], texts[0]], strict=True):
        path.write_bytes(text)


@contextlib.contextmanager
def _black_pictures(home: NightHome) -> Iterator[Planted]:
    """Pictures that do not show what the figures beside them say."""

    def blacken() -> bool:
        pictures = list((home.run / PICTURES_NAME).rglob("*.*"))
        for path in pictures:
            with Image.open(path) as picture:
                Image.new("RGB", picture.size).save(path, format=picture.format)
        return bool(pictures)

    yield Planted(_ALLOWED, during="sample", act=blacken)


def _refused(
    name: str,
    exit_code: int,
    says: str,
    planted: Plant,
) -> Fault:
    """A fault for which a night is not let begin."""
    return Fault(
        name, "examination", exit_code, says, _EXAMINATION_S, frozenset({"begun"}), planted
    )


FAULTS: Sequence[Fault] = (
    _refused("software renderer, --gpu require", 5, "under profile", _software_renderer),
    _refused("no CUDA, no --allow-cpu", 6, "a CUDA device", _no_cuda),
    _refused("silent music", 4, "not audible music", _silence),
    _refused("too little room", 4, "GiB may be needed", _small_disk),
    _refused("bucket away", 4, "bucket:", _bucket_away),
    Fault("dark pack", "check", 7, "lumaVaries", 120, _DARK, _dark_pack),
    Fault("still pack", "check", 7, "motionVaries", 120, _DARK, _still_pack),
    Fault("page that shows one thing", "check", 7, "figuresOwn", 120, _ONE, _frozen_page),
    Fault("black pictures", "check", 7, "picturesShow", 60, _FALSE, _black_pictures),
    Fault(
        "other pairs, sampling",
        "check",
        7,
        "manifestsSame",
        60,
        _FALSE,
        _changed("sample", _other_pairs),
    ),
    Fault(
        "other presets, sampling",
        "check",
        7,
        "presetsSame",
        60,
        _FALSE,
        _changed("sample", _other_presets),
    ),
    Fault(
        "other pairs, learning",
        "train",
        3,
        "another file now",
        60,
        _FALSE,
        _changed("train", _other_pairs),
    ),
    Fault(
        "other presets, learning",
        "train",
        3,
        "another file now",
        60,
        _FALSE,
        _changed("train", _other_presets),
    ),
    Fault("collapsed scores", "score", 7, "standard deviation", 60, _OLD, _collapsed_scores),
    Fault("disk full, drawing", "sample", 8, "No space", 60, _FALSE | {"run"}, _disk_full_drawing),
    Fault("disk full, learning", "train", 8, "No space", 60, _OLD, _disk_full_learning),
    Fault("bucket dies", "promote", 8, "s3://live", 120, _UNSERVED, _bucket_dies),
    Fault(
        "browser hangs, drawing", "sample", 0, "measured, 0 failed", 120, _NOTHING, _hung_drawing
    ),
    Fault("browser hangs, verifying", "verify", 0, "shuffle arm", 120, _NOTHING, _hung_verifying),
    Fault("MLflow away", "a note", 0, "tracking: away", 20, _WAITING, _tracking_away),
    Fault("MLflow dies", "a note", 0, "is away", 60, _WAITING, _tracking_dies),
)
"""All of them: those that end a night first, then those that it outlives."""


def _stop_browser(home: NightHome) -> bool:
    """Stops all processes of a browser that the night started; whether there is one."""
    for record in home.temp_dir.rglob("aivj-started-*/*.json"):
        told = json.loads(record.read_text())
        if told.get("kind") == "browser":
            os.killpg(os.getpgid(told["process"]["pid"]), signal.SIGSTOP)
            return True
    return False


def _is_measuring(home: NightHome) -> bool:
    """Whether pairs are measured: then the sampler has read what it samples."""
    rows = home.run / EVAL_NAME
    return rows.exists() and rows.stat().st_size > 0


def _replace_pack(home: NightHome, texts: Sequence[str]) -> None:
    """Makes the pack anew, of these presets."""
    source = home.folder / "milk"
    source.mkdir()
    for number, text in enumerate(texts):
        (source / f"{number}.milk").write_text(text, encoding="latin-1")
    shutil.rmtree(home.pack)
    made = home.aivj(
        *("pack", "--pack", PACK, "--presets", str(source), "--pairs", str(_NUM_PAIRS))
    )
    if made.returncode:
        raise RuntimeError(made.stdout)


@contextlib.contextmanager
def _own_disk(home: NightHome, size_mib: int) -> Iterator[Callable[[], bool]]:
    """Puts the home on a disk of its own; gives what leaves that no room. Needs root."""
    kept = home.folder.with_name("kept")
    home.folder.rename(kept)
    home.folder.mkdir()
    options = ("-t", "tmpfs", "-o", f"size={size_mib}M", "tmpfs", str(home.folder))
    subprocess.run([_MOUNT, *options], check=True)

    def fill() -> bool:
        used = shutil.disk_usage(home.folder).used
        size = f"remount,size={used // 4096 * 4096}"
        return subprocess.run([_MOUNT, "-o", size, str(home.folder)], check=False).returncode == 0

    try:
        shutil.copytree(kept, home.folder, dirs_exist_ok=True)
        yield fill
    finally:
        # What comes next looks at it: the room is given back first.
        subprocess.run([_MOUNT, "-o", "remount,size=90%", str(home.folder)], check=False)
