"""Places in buckets for stages that work on files: restored before, delivered after.

A stage is given paths of this disk. What lies in a bucket is at hand below `Settings.scratch`, and
here it is known what is brought there, and what of it back.
"""

from collections.abc import Callable, Container, Iterable
from functools import partial
from pathlib import Path

from aivj.contracts.heartbeat import HEARTBEAT_NAME
from aivj.contracts.run_folder import EVAL_NAME, FAILURES_NAME, LOG_NAME, META_NAME
from aivj.errors import LostRaceError, StorageError
from aivj.runs.in_bucket import KeptRun, has_journal_here
from aivj.settings import Settings
from aivj.storage import open_bucket
from aivj.storage.mirror import Mirror
from aivj.storage.places import Scratch

_PACKS = "public/presets"
_PICTURES = "artifacts/aivj"
_LEARNT = "outputs"
_RUNS = ("artifacts/", "loops/", "runs/")
"""Folders of a home that runs are in."""
# Of the home: copies that are made again, what is written to the bucket by other ways, and what
# Ray keeps for a fit that goes on where it was.
_OF_THIS_DISK = ("cache/", "takes/", "bucket/", "mlflow/mlflow.db", "outputs/coupling/ray/")
_OF_A_RUN = frozenset({EVAL_NAME, FAILURES_NAME, LOG_NAME, META_NAME})


class Places:
    """What of a bucket a stage works on.

    Args:
        settings: Where the home is, and where what lies in buckets is at hand.
        say: Told what people should know.
    """

    def __init__(self, settings: Settings, say: Callable[[str], None] = lambda _: None) -> None:
        self._settings = settings
        self._say = say
        self._scratch = Scratch(settings.scratch)
        self._mirrors: dict[str, Mirror] = {}
        self._delivered: dict[tuple[str, str], frozenset[str]] = {}

    def restore(self, uri: str) -> Path:
        """Brings what is at `s3://bucket/key` to this disk: an object, a folder, a run.

        Returns:
            Where it is at hand, whether anything is there or not.

        Raises:
            InputError: It is no place.
            StorageError: The bucket does not answer.
        """
        path = self._scratch.local(uri)
        root, key = self._root_and_key(uri)
        mirror = self._mirror(root)
        run = KeptRun(mirror, key)
        above = KeptRun(mirror, key.rpartition("/")[0])
        if run.has_journal:
            names = frozenset(f"{key}/{name}" for name in run.restore())
            self._delivered[root, key] = names
        elif Path(key).name in _OF_A_RUN:
            self._restore_files(above)
        else:
            mirror.restore(key)
            self._delivered[root, key] = frozenset()
        return path

    @staticmethod
    def _restore_files(run: KeptRun) -> None:
        """Brings rows and what is read beside them; so far as they are there, if it goes on."""
        own = {f"{run.key}/{name}" if run.key else name for name in _OF_A_RUN}
        if not run.mirror.restore(run.key, wanted=lambda key: key in own) and run.has_journal:
            run.restore()

    def restore_home(self, packs: Iterable[str] | None, *, with_runs: bool = False) -> None:
        """Brings what stages look for in the home: nets and packs.

        Args:
            packs: Which packs; None for all.
            with_runs: Whether runs as well: their rows and records.

        Raises:
            StorageError: The bucket does not answer.
        """
        root = self._settings.home_uri
        if root is None:
            return
        mirror = self._mirror(root)
        mirror.restore(_LEARNT, wanted=_is_shared)
        mirror.restore("mlflow/spool")
        for name in [_PACKS] if packs is None else [f"{_PACKS}/{pack}" for pack in packs]:
            mirror.restore(name)
        if with_runs:
            mirror.restore("", wanted=lambda key: Path(key).name in _OF_A_RUN and _is_shared(key))

    def follow_runs(self) -> None:
        """Brings what the runs of a home in a bucket have written since; those that go on as well.

        Raises:
            StorageError: The bucket does not answer, or a journal is damaged.
        """
        root = self._settings.home_uri
        if root is None:
            return
        mirror = self._mirror(root)
        for folder in _RUNS:
            for key in mirror.bucket.list(folder):
                above, _, name = key.rpartition("/")
                if name == HEARTBEAT_NAME:
                    KeptRun(mirror, above).follow()

    def restore_pictures(self, packs: Iterable[str]) -> None:
        """Brings what the home has of packs' pictures: index, embeddings, clusters, adapters.

        Raises:
            StorageError: The bucket does not answer.
        """
        root = self._settings.home_uri
        if root is not None:
            for pack in packs:
                self._mirror(root).restore(f"{_PICTURES}/{pack}")

    def run(self, out_dir: Path) -> KeptRun | None:
        """Returns the run at hand in `out_dir`; None if that is a folder of this disk alone."""
        uri = self._scratch.uri(out_dir)
        if uri is None:
            return None
        root, key = self._root_and_key(uri)
        self._delivered.pop((root, key), None)
        return KeptRun(self._mirror(root), key, silence_s=self._settings.driver_silence_s)

    def uri(self, path: Path) -> str | None:
        """Returns the address of what is at hand at `path`; None if it is of this disk alone."""
        return self._scratch.uri(path)

    def deliver(self) -> None:
        """Brings to the bucket what was written where something was restored, and in the home.

        Raises:
            StorageError: It did not take all.
        """
        try:
            for (root, key), names in self._delivered.items():
                self._mirror(root).deliver(key, wanted=partial(_is_not_among, names))
            if self._settings.home_uri is not None:
                self._deliver_home(self._settings.home_uri)
        except LostRaceError:
            raise
        except StorageError as error:
            raise StorageError(
                "the bucket to take what was made",
                error.found,
                f"run the same command again when it answers; until then it is below "
                f"{self._settings.scratch}",
            ) from error

    def _deliver_home(self, root: str) -> None:
        mirror = self._mirror(root)
        mirror.deliver(
            "", wanted=lambda key: _is_shared(key) and not has_journal_here(mirror.folder, key)
        )

    def _mirror(self, root: str) -> Mirror:
        if root not in self._mirrors:
            self._mirrors[root] = Mirror(open_bucket(root), self._scratch.local(root))
        return self._mirrors[root]

    def _root_and_key(self, uri: str) -> tuple[str, str]:
        """Returns what a mirror is of, the home or the folder above, and the key there."""
        home = self._settings.home_uri
        if home is not None and (uri == home or uri.startswith(f"{home}/")):
            return home, uri.removeprefix(home).lstrip("/")
        above, _, name = uri.rpartition("/")
        return (uri, "") if above == "s3:/" else (above, name)


def _is_not_among(names: Container[str], key: str) -> bool:
    return key not in names


def _is_shared(key: str) -> bool:
    return not key.startswith(_OF_THIS_DISK)
