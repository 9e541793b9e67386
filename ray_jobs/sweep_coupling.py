"""Ray job: `aivj sweep` on the cluster that the job was submitted to.

    aivj submit sweep_coupling --env AIVJ_HOME=/shared/aivj -- --pack mine \
        --extra-eval-jsonl /shared/aivj/runs/mine/eval.jsonl --tracking-uri http://mlflow:5000

Its options are those of `aivj sweep`, on the line or in a file (`--config
ray_jobs/configs/sweep_coupling.yaml`); its exit code is that of `aivj`.
"""

from aivj.job import run_job

if __name__ == "__main__":
    run_job("sweep", "--ray-address", "auto")
