import pytest
from gate.verify_check.good_evidence import write_good_evidence


@pytest.fixture
def good_evidence(tmp_path):
    return write_good_evidence(tmp_path)
