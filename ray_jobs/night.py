"""Ray job: `aivj night`, while nobody watches, on the cluster that the job was submitted to.

    aivj submit night --driver-slots 1 --env AIVJ_HOME=/shared/aivj --env AIVJ_NOTIFY -- \
        --pack mine --run-stamp tonight --promote --gpu require --workers 32

Submitted again before noon, it goes on. Its options are those of `aivj night`, on the line or in a
file (`--config ray_jobs/configs/night.yaml`); its exit code is that of `aivj`.
"""

from aivj.job import run_job

if __name__ == "__main__":
    run_job("night", "--ray-address", "auto")
