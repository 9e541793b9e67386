"""Parameters of the runtime's own overnight script, as `aivj night` is told them."""

from collections.abc import Mapping, Sequence

from aivj.errors import InputError

_OPTIONS: Mapping[str, str] = {
    "Packs": "--pack",
    "RunStamp": "--run-stamp",
    "SrcBase": "--src-base",
    "EliteDir": "--elite-dir",
}
_SAID_TO: Mapping[str, str] = {
    "TargetCoverage": "sample.target-coverage",
    "MaxHours": "sample.max-hours",
    "ReloadEvery": "sample.reload-every",
    "EvalPickMode": "sample.pick",
    "Epochs": "train.epochs",
    "BatchSize": "train.batch-size",
    "LearningRate": "train.learning-rate",
    "ExtraEvalWeight": "train.extra-eval-weight",
    "NegSamples": "train.neg-samples",
    "NegWeight": "train.neg-weight",
    "NegMinPairDistance": "train.neg-min-pair-distance",
    "MinQualityStd": "score.min-quality-std",
    "HostName": "verify.host",
    "HardTimeoutMs": "verify.hard-timeout-ms",
}
_SWITCHES: Mapping[str, str] = {
    "SkipVerify": "--skip-verify",
    "DryRun": "--dry-run",
    "EvalOnly": "--eval-only",
    "CleanDest": "--set=sync.clean-dest=true",
    "Headed": "--set=sample.headed=true",
    # A night goes on by its stamp, whose run is always gone on with.
    "ResumeEval": "",
    # `--src-base` says it.
    "Sync": "",
}
_NOT_HERE: Mapping[str, str] = {
    "DownsampleSize": "the stage compares 64x36 cells; it was --downsampleSize of the live driver",
    "IntervalMs": "the stage has a clock of its own; the live driver takes it by --set",
    "WarmupSamples": "say --set sample.warmup-frames=N",
    "MeasureSamples": "say --set sample.measure-frames=N",
    "GpuMode": "say --gpu require or --gpu software",
    "Port": "the player takes a free one; say --set verify.port=N",
    "VerifyPack": "every pack is verified",
    "CleanupStale": "call `aivj cleanup` before",
}

_KNOWN = {
    name.casefold(): name for table in (_OPTIONS, _SAID_TO, _SWITCHES, _NOT_HERE) for name in table
}


def translated(words: Sequence[str]) -> list[str]:
    """Returns a command line with the script's parameters in our own words.

    PowerShell's `-Name value`, `-Name:value` and `-Switch`, in any case.

    Raises:
        InputError: A parameter has no counterpart, or no value.
    """
    ours: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        spelled, _, value = word.removeprefix("-").partition(":")
        name = _KNOWN.get(spelled.casefold())
        if name is None or not word.startswith("-") or word.startswith("--"):
            ours.append(word)
        elif name in _NOT_HERE:
            raise InputError("parameters that a night has", f"-{name}", _NOT_HERE[name])
        elif name in _SWITCHES:
            ours += [_SWITCHES[name]] if _SWITCHES[name] else []
        else:
            if not value and not rest:
                raise InputError(f"a value behind -{name}", "nothing", f"say -{name} VALUE")
            ours += _with_value(name, value or rest.pop(0))
    return ours


def _with_value(name: str, value: str) -> list[str]:
    if name in _OPTIONS:
        return [_OPTIONS[name], value]
    return ["--set", f"{_SAID_TO[name]}={value}"]
