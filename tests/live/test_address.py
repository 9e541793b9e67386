from urllib.parse import parse_qs, urlsplit

import pytest

from aivj.errors import InputError
from aivj.live.address import on_other_host, origin, page_address, port, require_runtime_url
from aivj.sampling.picking import Picking


def test_the_address_asks_for_the_pack_and_keeps_what_else_it_asked_for():
    address = page_address("http://box:5174/?size=96x54&coupledPack=old", "mine", Picking())

    assert address.startswith("http://box:5174/?")
    assert parse_qs(urlsplit(address).query) == {
        "size": ["96x54"],
        "coupled": ["1"],
        "coupledPack": ["mine"],
        "coupledPick": ["shuffle"],
        "coupling3d": ["on"],
    }


def test_weighted_picks_name_their_gamma_since_the_runtime_takes_none_for_zero():
    query = parse_qs(urlsplit(page_address("http://h", "p", Picking("weighted", gamma=4))).query)

    assert query["coupledGamma"] == ["4"]
    assert set(query) >= {"coupledExplore", "coupledDedupN", "coupledDedupPenalty"}


def test_this_machine_has_two_names():
    assert on_other_host("http://127.0.0.1:5174/?a=1") == "http://localhost:5174/?a=1"
    assert on_other_host("http://localhost/") == "http://127.0.0.1/"
    assert on_other_host("http://stage.example:5174/") is None


def test_origin_and_port():
    assert origin("https://h:81/page?x=1") == "https://h:81/"
    assert (port("http://h/"), port("https://h/"), port("http://h:5/")) == (80, 443, 5)


@pytest.mark.parametrize(
    "url", ["", "5174", "localhost:5174", "file:///x", "http://", "http://h:x/"]
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(InputError, match="5174"):
        require_runtime_url(url)


@pytest.mark.parametrize("url", ["http://ada:pw@h/", "https://h/?token=abc"])
def test_an_address_with_credentials_is_refused_and_not_repeated(url):
    with pytest.raises(InputError, match="without credentials") as refusal:
        require_runtime_url(url)
    assert "pw" not in str(refusal.value)
    assert "abc" not in str(refusal.value)
