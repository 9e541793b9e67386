"""What the demo draws of folders that are small, or whose ratings say nothing."""

import contextlib
from types import SimpleNamespace

import pytest
from curation.made_layers import music
from pipeline.made_studio import Studio

from aivj.contracts.elite_manifest import read_elite_manifest
from aivj.errors import InputError
from aivj.packs.provenance import read_provenance
from aivj.pipeline import demo_drawing
from aivj.pipeline.demo_drawing import choose_pairs, draw_pack, draw_presets, draw_weak_elite
from aivj.pipeline.demo_request import DemoRequest


@pytest.fixture(autouse=True)
def all_convert(monkeypatch):
    """Takes every preset as it is: what converts is tried elsewhere."""

    @contextlib.contextmanager
    def opened(*_args):
        yield lambda _data: SimpleNamespace(degraded=False)

    monkeypatch.setattr(demo_drawing, "open_conversion", opened)


@pytest.fixture
def request_of(tmp_path):
    """Makes the request for presets with these ratings."""

    def request_of(ratings, num_pairs=8):
        presets = tmp_path / "presets"
        presets.mkdir()
        for number, rating in enumerate(ratings):
            text = f"[preset00]\nfRating={rating}\nzoom=1.0{number}\n"
            (presets / f"{number}.milk").write_text(text)
        return DemoRequest(
            home=tmp_path / "home",
            presets=presets,
            packs_root=tmp_path / "home" / "public",
            conversion_cache=tmp_path / "conversion",
            takes_uri=str(tmp_path / "takes"),
            feature_store=tmp_path / "features",
            tracking_uri="sqlite:///nowhere.db",
            bucket_uri="file:///nowhere",
            num_workers=lambda _: 1,
            num_pairs=num_pairs,
        )

    return request_of


@pytest.fixture
def told():
    return []


def drawn(request, told):
    return draw_pack(request, None, on_progress=lambda *_: None, notice=told.append)


@pytest.mark.parametrize("num_presets", [2, 3])
def test_one_pair_is_refused_before_it_is_rendered(request_of, told, num_presets):
    with pytest.raises(InputError) as refused:
        drawn(request_of([3] * num_presets), told)
    assert "at least 4 different presets" in refused.value.expected
    assert refused.value.found == "presets for 1 pair"
    assert "aivj serve --pack demo" in refused.value.remedy


def test_a_small_folder_gives_fewer_pairs_and_says_so(request_of, told):
    pack, summary = drawn(request_of([3] * 5), told)
    assert len(pack.manifest.pairs) == 2
    assert summary == "2 pairs drawn from 5 presets, 0 degraded passed over"
    assert told[0].startswith("Only 2 of 8 pairs could be drawn")


@pytest.fixture
def made_studio(tmp_path, monkeypatch):
    """Draws presets without a browser."""
    made = Studio(tmp_path)

    def opened(**asked):
        def take(presets):
            missing = [each for each in presets if each.content_hash not in made.store]
            takes = made.take_presets(presets)
            if missing:
                asked["on_progress"](len(missing), len(missing))
            return takes

        return SimpleNamespace(take=take, music=music())

    monkeypatch.setattr(demo_drawing, "Studio", opened)
    return made


@pytest.fixture
def lively_request(request_of):
    """A request for four pairs of presets that can be told apart by the one that draws them."""
    request = request_of([], num_pairs=4)
    for number in range(5):
        (request.presets / f"{number}.milk").write_text(f"warp={number}.5\n")
    return request


def chosen(request, told):
    drawn, drawing = draw_presets(request, None, on_progress=lambda *_: None)
    pairs, choosing = choose_pairs(request, drawn, on_progress=lambda *_: None, notice=told.append)
    return pairs.pack, (drawing, choosing)


def test_half_of_the_pairs_are_the_best_of_all(made_studio, lively_request, told):
    pack, (drawing, choosing) = chosen(lively_request, told)

    assert drawing == "5 presets, 0 of them drawn before; 0 degraded passed over"
    assert choosing.startswith("2 pairs chosen of 20 (mean target 0.")
    assert ", 2 at random (0." in choosing
    provenance = read_provenance(pack.drawn.folder)
    assert (provenance.kind, len(provenance.pairs)) == ("chosen-pairs", 4)
    assert len(made_studio.asked) == 5
    assert told == []


@pytest.mark.usefixtures("made_studio")
def test_presets_that_were_drawn_before_are_counted_and_the_pack_stays(lively_request, told):
    chosen(lively_request, told)
    pack, (drawing, _) = chosen(lively_request, told)
    assert drawing == "5 presets, 5 of them drawn before; 0 degraded passed over"
    assert pack.drawn.was_there


@pytest.mark.usefixtures("made_studio")
def test_two_presets_make_too_few_pairs_to_choose_of(request_of, told):
    with pytest.raises(InputError, match="presets for 1 pair"):
        chosen(request_of([3] * 2), told)


def test_equal_ratings_give_no_elite_list_and_that_is_said(request_of, told):
    request = request_of([3] * 6)
    assert draw_weak_elite(request, told.append) is None
    assert told[0].startswith("Without an elite list")
    assert "0 and 0 among 6 presets" in told[0]
    assert not request.folder.exists()


def test_ratings_that_differ_give_one_and_it_is_called_weak(request_of, told):
    folder = draw_weak_elite(request_of([5, 4, 1, 2]), told.append)
    assert [entry.score for entry in read_elite_manifest(folder).entries] == [4.5, 1.5]
    assert "weak labels" in told[0]


def test_what_else_goes_wrong_with_the_list_is_no_matter_of_ratings(request_of, told):
    request = request_of([5, 4, 1, 2])
    (request.folder / "elite").mkdir(parents=True)
    (request.folder / "elite" / "mine.txt").touch()
    with pytest.raises(InputError, match="was drawn by AIVJ"):
        draw_weak_elite(request, told.append)
    assert told == []
