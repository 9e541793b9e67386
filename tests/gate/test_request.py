import pytest

from aivj.gate.request import Deadline, VerifyRequest, too_late

LIBRARY = {"preset_library": "mega", "run_manifest_url": "/run-manifest.json"}


def test_the_own_player_names_a_library_only_where_there_is_one():
    assert VerifyRequest("p").page("http://127.0.0.1:1") == "http://127.0.0.1:1/"
    assert VerifyRequest("p", **LIBRARY).page("http://127.0.0.1:1") == (
        "http://127.0.0.1:1/?presetLibrarySource=mega&runManifestUrl=%2Frun-manifest.json"
    )


def test_what_a_foreign_address_names_itself_stays():
    page = "http://host/?presetLibrarySource=own&x=1"
    request = VerifyRequest(None, url=page, **LIBRARY)
    assert request.page("") == f"{page}&runManifestUrl=%2Frun-manifest.json"


def test_a_pack_is_played_in_both_modes_and_a_page_without_one_as_it_is():
    assert [arm.name for arm in VerifyRequest("p").arms()] == ["weighted", "shuffle"]
    assert [arm.name for arm in VerifyRequest(None, url="http://h/").arms()] == ["page"]


@pytest.mark.parametrize(
    ("request_", "coupled"),
    [
        (VerifyRequest("p"), True),
        (VerifyRequest("p", **LIBRARY), False),
        (VerifyRequest("p", url="http://host/"), False),
    ],
)
def test_features_are_tried_on_the_library_where_there_is_one(request_, coupled):
    url = request_.feature_request("http://host/").url
    assert ("coupledPack=p" in url) is coupled


def test_a_step_has_no_more_time_than_is_left():
    assert Deadline(1000).within(5) == 5
    assert 0 < Deadline(2).within(5) <= 2
    over = Deadline(0)
    assert over.is_over
    assert over.within(5) == 0
    arm = too_late(VerifyRequest("p").arms()[0], "http://host/", over)
    assert arm.problem == "hard timeout: 0 s are over"
