from aivj.browser.tab import PageReply
from aivj.errors import WorkerLostError
from aivj.gate.arms import Arm, ArmRequest, play_arm

REQUEST = ArmRequest("weighted", "my pack", 4.0, 5, (320, 180))


class FaultySession:
    """A session whose page answers with nothing but errors, or not at all."""

    def __init__(self, reply=None):
        self.reply = reply

    async def call(self, *_):
        if self.reply is None:
            raise WorkerLostError.because("hung-page", "no answer in 180 s")
        return self.reply


def test_the_address_says_everything_that_decides_the_picks():
    assert REQUEST.url("http://127.0.0.1:1") == (
        "http://127.0.0.1:1/?coupled=1&coupledPack=my+pack&coupledPick=weighted"
        "&coupledGamma=4.0&seed=5&size=320x180"
    )


async def test_a_page_that_hangs_is_part_of_the_answer():
    arm = await play_arm(FaultySession(), "http://127.0.0.1:1", REQUEST, timeout_s=180)
    assert arm.problem == "hung-page: no answer in 180 s"
    assert not arm.answers.ready


async def test_an_answer_of_another_form_is_part_of_the_answer():
    reply = PageReply({"ready": "perhaps"})
    arm = await play_arm(FaultySession(reply), "http://127.0.0.1:1", REQUEST, timeout_s=180)
    assert "at ready" in arm.problem
    assert not arm.lost


def test_parameters_of_a_foreign_address_stay_but_for_those_of_the_arm():
    page = "http://host:5174/vj/?theme=dark&coupledPick=random"
    assert REQUEST.url(page) == (
        "http://host:5174/vj/?theme=dark&coupled=1&coupledPack=my+pack&coupledPick=weighted"
        "&coupledGamma=4.0&seed=5&size=320x180"
    )


def test_without_a_pack_the_page_is_opened_as_it_is():
    request = ArmRequest("page", "", 4.0, 5, (320, 180))
    assert request.url("http://host/?a=1") == "http://host/?a=1&seed=5&size=320x180"


def test_a_page_that_cannot_pick_without_drawing_is_sampled_by_its_console():
    lines = (
        "[info] [sel] mode=weighted pack=p pair=3 q=0.8 presetId=x reason=verify",
        "[info] [sel] mode=random pack=p pair=4 q=0.1 presetId=x reason=button",
        "[info] something else",
    )
    arm = Arm("weighted", "http://127.0.0.1/", console=lines)
    assert [(pick.pair, pick.quality01) for pick in arm.samples] == [(3, 0.8)]
