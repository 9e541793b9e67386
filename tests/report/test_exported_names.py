import aivj.report


def test_the_room_hands_on_these_names_and_no_other() -> None:
    assert aivj.report.__all__ == ["CheckLine", "ReportData", "StageLine", "write_report"]
    assert all(hasattr(aivj.report, name) for name in aivj.report.__all__)
