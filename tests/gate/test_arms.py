from aivj.browser.tab import PageReply
from aivj.errors import WorkerLostError
from aivj.gate.arms import ArmRequest, play_arm

REQUEST = ArmRequest("weighted", "my pack", 4.0, 60, 5, (320, 180))


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
    assert not arm.evidence.ready


async def test_a_missing_file_is_no_page_error_but_other_failures_are():
    reply = PageReply(
        {"ready": True},
        page_errors=["Error: boom"],
        console_errors=[
            "Failed to load resource: the server responded with a status of 404 (Not Found)",
            "Failed to load resource: the server responded with a status of 500 (...)",
        ],
    )
    arm = await play_arm(FaultySession(reply), "http://127.0.0.1:1", REQUEST, timeout_s=180)
    assert arm.page_errors == ("Error: boom", reply.console_errors[1])
