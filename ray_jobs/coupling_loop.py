"""Ray job: `aivj loop`, from a pack to a release, on the cluster that the job was submitted to.

    aivj submit coupling_loop --driver-slots 1 --env AIVJ_HOME=/shared/aivj -- \
        --pack mine --gpu require --workers 32 --tracking-uri http://mlflow:5000

Submitted again, it does what is missing. Its options are those of `aivj loop`, on the line or in a
file (`--config ray_jobs/configs/coupling_loop.yaml`); its exit code is that of `aivj`.
"""

from aivj.job import run_job

if __name__ == "__main__":
    run_job("loop", "--ray-address", "auto")
