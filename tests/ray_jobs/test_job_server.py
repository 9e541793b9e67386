"""The client of a job server against a real one: what a job says, how it ends, and stopping it."""

import pytest

from aivj.errors import InputError
from aivj.fleet.jobs import STOPPED_CODE, JobOrder, JobServer

# Ray's client asks aiohttp so.
pytestmark = pytest.mark.filterwarnings("ignore:ssl=None is deprecated:DeprecationWarning")


@pytest.fixture
def server(head):
    return JobServer(head.url, head.token)


def test_a_job_says_everything_and_ends_with_its_own_code(server):
    said = []
    job_id = server.submit(
        JobOrder("echo $WORD; echo of it >&2; exit 7", None, env={"WORD": "all"})
    )

    ended = server.follow(job_id, said.append)

    # Ray adds lines of its own, before or after.
    assert "all\nof it\n" in "".join(said)
    assert (ended.state, ended.exit_code) == ("failed", 7)
    assert job_id in {job.id for job in server.jobs()}
    assert server.stop(job_id) == ended
    with pytest.raises(InputError, match="none called 'absent'"):
        server.job("absent")


def test_a_job_that_is_stopped_has_time_to_end_itself(server):
    # Longer than the three seconds that Ray would leave it.
    job_id = server.submit(
        JobOrder("trap 'sleep 5; echo closed; exit 1' TERM; echo begun; sleep 600 & wait", None)
    )
    said = []

    class BegunError(Exception):
        """The job has begun."""

    def hear(text):
        said.append(text)
        if "begun" in text:
            raise BegunError

    with pytest.raises(BegunError):
        server.follow(job_id, hear)
    stopped = server.stop(job_id)

    assert (stopped.state, stopped.exit_code) == ("stopped", STOPPED_CODE)
    assert server.follow(job_id, said.append) == stopped
    assert "closed\n" in said[-1]
