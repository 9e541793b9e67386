"""What a pool needs, against figures worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from takes.store.made_takes import CONDITIONS, NOT_FINAL, drawn, failed

from aivj.contracts.json_text import document_bytes
from aivj.errors import InputError
from aivj.pipeline.planning import (
    MeasuredTakes,
    PlanRequest,
    Prices,
    measure_takes,
    plan,
    read_prices,
)
from aivj.takes.store import TakeStore

PRICES = Prices.model_validate(
    {
        "gpu_hour": {"rtx-4090": {"low": 1, "high": 2, "seen": "today"}},
        "bucket": {
            "r2": {"gb_month": 0.1, "million_writes": 10, "egress_gb": 0.5, "seen": "today"}
        },
    }
)
BY_GPU = MeasuredTakes(
    takes="takes",
    conditions="c",
    renderer_class="nvidia",
    num_takes=10,
    num_sampled=10,
    wall_s=4.0,
    fail_share=0.5,
    take_kb=1000.0,
)


def request(**changes):
    values = {"presets": 36_000, "gpus": 10, "fail_share": 0.1, "tries": 6, "tail_s": 360}
    return PlanRequest(
        **{"gpu_s": 0.1, "cpu_s": 0.1, "start_s": 360, "idle_s": 0} | values | changes
    )


def test_the_formulas():
    # 10 takes a second and GPU; 36,000 presets of which a tenth costs five more: 54,000 takes.
    found = plan(request(pairs=60_000, composed_per_min=1_000, take_kb=100), PRICES)
    assert found.takes_per_s == {"gpu": 10.0, "cpu": 80.0, "browsers": 20.0}
    assert found.binds == "gpu"
    assert found.drawing_hours == pytest.approx(540 / 3600 + 0.1)
    assert found.gpu_hours == pytest.approx(10 * (0.15 + 0.1 + 0.1))
    assert found.gpu_cost == pytest.approx((3.5, 7.0))
    assert found.composing_hours == 1
    assert found.store_gb == pytest.approx(3.6)
    assert found.num_writes == 36_000 / 16 * 2
    assert found.write_cost == pytest.approx(0.045)
    assert found.store_cost_a_month == pytest.approx(0.36)
    assert found.egress_cost == pytest.approx(1.8)


@pytest.mark.parametrize(
    ("changes", "binds"),
    [
        ({"gpu_s": 1.0}, "gpu"),
        ({"cpu_s": 2.0, "cpus_per_gpu": 1}, "cpu"),
        ({"wall_s": 10.0}, "browsers"),
    ],
)
def test_what_binds_is_the_least(changes, binds):
    found = plan(request(**changes), PRICES)
    assert found.binds == binds
    assert found.takes_per_s[binds] == min(found.takes_per_s.values())


def test_a_gpu_second_is_never_guessed():
    found = plan(request(gpu_s=None), PRICES)
    assert found.takes_per_s["gpu"] is None
    assert found.binds != "gpu"
    assert any("--gpu-s" in note for note in found.notes)
    assert not any("--gpu-s" in note for note in plan(request(), PRICES).notes)


def test_what_was_measured_counts_where_nothing_else_was_said():
    asked = request(fail_share=None)
    found = plan(asked, PRICES, BY_GPU)
    assert found.takes_per_s["browsers"] == 4 / 4.0
    assert found.store_gb == 36.0
    work = 36_000 * (1 + 0.5 * 5)
    assert found.drawing_hours == pytest.approx((work / 10 + 360) / 3600)
    told = plan(request(wall_s=8.0, take_kb=1.0, fail_share=0.0), PRICES, BY_GPU)
    assert told.takes_per_s["browsers"] == 0.5
    assert told.store_gb == pytest.approx(0.036)


def test_the_seconds_of_a_software_renderer_are_not_a_gpus():
    by_cpu = BY_GPU.model_copy(update={"renderer_class": "llvmpipe"})
    found = plan(request(), PRICES, by_cpu)
    assert found.takes_per_s["browsers"] == 20.0
    assert any("llvmpipe" in note for note in found.notes)


def test_a_pool_that_is_paid_for_starting_is_told_so():
    assert any("fewer of them" in note for note in plan(request(presets=10), PRICES).notes)


def test_a_price_that_nobody_knows_is_refused():
    with pytest.raises(InputError, match="rtx-4090"):
        plan(request(gpu="b200"), PRICES)
    with pytest.raises(InputError, match="r2"):
        plan(request(bucket="gcs"), PRICES)


@given(
    presets=st.integers(1, 10**9),
    gpus=st.integers(1, 10**4),
    gpu_s=st.none() | st.floats(1e-4, 10),
    cpu_s=st.floats(1e-3, 10),
    fail_share=st.floats(0, 1),
)
def test_more_work_never_costs_less_and_more_gpus_never_take_longer(
    presets, gpus, gpu_s, cpu_s, fail_share
):
    values = {"gpu_s": gpu_s, "cpu_s": cpu_s, "fail_share": fail_share}
    one = plan(request(presets=presets, gpus=gpus, **values), PRICES)
    twice = plan(request(presets=2 * presets, gpus=gpus, **values), PRICES)
    wider = plan(request(presets=presets, gpus=2 * gpus, **values), PRICES)
    assert twice.gpu_cost >= one.gpu_cost
    assert wider.drawing_hours <= one.drawing_hours
    assert wider.gpu_hours >= one.gpu_hours
    assert document_bytes(one)


def test_takes_of_a_store_tell(tmp_path):
    writer = TakeStore.open(tmp_path, CONDITIONS).writer()
    for take in (drawn("a"), drawn("b"), drawn("c"), failed("d", NOT_FINAL)):
        writer.add(take)
    writer.flush()
    found = measure_takes(str(tmp_path))
    assert found.renderer_class == "llvmpipe"
    assert not found.is_of_a_gpu
    assert (found.num_takes, found.num_sampled, found.fail_share) == (4, 3, 0.25)
    # 1.5 ms until the first frame, and 70 frames of 0.25 ms.
    assert found.wall_s == pytest.approx(0.019)
    on_disk = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert found.take_kb == pytest.approx(on_disk / 1000 / 4)


def test_a_store_without_takes_is_refused(tmp_path):
    with pytest.raises(InputError, match="aivj takes draw"):
        measure_takes(str(tmp_path))


def test_the_prices_that_come_along_have_dates():
    prices = read_prices()
    everything = [*prices.gpu_hour.values(), *prices.bucket.values()]
    assert all(price.seen.startswith("20") for price in everything)
    assert all(price.low <= price.high for price in prices.gpu_hour.values())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("gpu_hour: [", "prices.yaml"),
        ("[]", "prices.yaml"),
        ("gpu_hour: {}\nbucket: {}\nmoney: 1", "money"),
        ("gpu_hour: {a: {low: -1, high: 2, seen: x}}\nbucket: {}", "gpu_hour.a.low"),
    ],
)
def test_prices_that_are_none_are_refused(tmp_path, text, told):
    path = tmp_path / "prices.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=told):
        read_prices(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="absent"):
        read_prices(tmp_path / "absent.yaml")
