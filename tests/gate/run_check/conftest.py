"""A run without a fault."""

import pytest
from gate.run_check.good_run import write_good_run


@pytest.fixture
def good_run(tmp_path):
    return write_good_run(tmp_path)
