"""What a run says of the pairs that did not come, over its resumptions too."""

from gate.tested_packs import MOVING, write_pack

from aivj.contracts.run_folder import STUCK_PAIRS_NAME
from aivj.contracts.stuck_pairs import read_stuck_pairs
from aivj.live.stuck_pairs import StuckPairs
from aivj.runs.clock import Clock
from aivj.sampling.packs import read_packs
from aivj.sampling.request import SampleRequest


def test_what_an_earlier_session_found_stays_and_is_tried_again(tmp_path):
    write_pack(tmp_path / "public", [MOVING] * 3, [0.2, 0.5, 0.8])
    [pack] = read_packs(SampleRequest(("tested",), tmp_path / "public", tmp_path))
    first = StuckPairs(tmp_path, Clock())
    first.timed_out(pack, 3, "stuck at pick: late")
    first.not_shown(pack, 0, "too many waves")

    second = StuckPairs(tmp_path, Clock())

    assert not second.aside("tested")
    assert second.timed_out(pack, 6, "stuck at button: disabled") == 1
    assert [
        (each.pair, each.kind, each.num_timeouts, each.has_failed)
        for each in read_stuck_pairs(tmp_path / STUCK_PAIRS_NAME).pairs
    ] == [(3, "pick-timeout", 1, False), (0, "not-shown", 0, True), (6, "pick-timeout", 1, False)]
