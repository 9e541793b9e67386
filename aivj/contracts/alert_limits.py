"""From where on a run is told to be in trouble: by its monitor, its progress and a pool's alerts.

`k8s/observability/alerts.yaml` states the same numbers for Prometheus; a test holds it to these.
"""

STALE_S = 180.0
"""Seconds without a new row after which a run that goes on is stale; its alert is a warning."""

STALE_ERROR_S = 600.0
"""Seconds after which that is an error."""

MIN_ROWS_TO_JUDGE = 50
"""Fewest rows whose shares say something of a pack."""

SAMENESS_SHARE = 0.95
"""Share of rows from which on nearly all are alike: too dark, still, or deaf to the music."""

FAILURE_SHARE = 0.2
"""Share of attempts above which too many fail."""

MIN_ATTEMPTS_TO_JUDGE = 20
"""Fewest attempts of which that is said."""

WORKERS_LOST = 10
"""Browsers that may be lost within `WORKERS_LOST_S`."""

WORKERS_LOST_S = 900.0
"""Seconds in which they are counted."""

RATE_DROP_SHARE = 0.5
"""Share of the rate of `RATE_EARLIER_S` before, below which the rate has dropped."""

RATE_OVER_S = 900.0
"""Seconds that a rate is taken over to be compared."""

RATE_EARLIER_S = 3600.0
"""How long ago the rate was that it is compared with, in seconds."""

SAME_PAIR_ROWS = 20
"""Rows in a row of one and the same pair after which pairs do not change any more."""

SILENT_ROWS = 20
"""Rows in a row without sound after which the music is not heard any more."""

MIN_FREE_BYTES = 2 * 1024**3
"""Free room of the disk below which a run is about to end for lack of it."""
