"""Ray job: `aivj lora` on the cluster that the job was submitted to.

    aivj submit train_lora --env AIVJ_HOME=/shared/aivj -- --pack mine \
        --tracking-uri http://mlflow:5000

Its options are those of `aivj lora`, on the line or in a file (`--config
ray_jobs/configs/train_lora.yaml`); its exit code is that of `aivj`. Workers read the pictures
themselves, so the home is on storage that all nodes reach; `--workers 0` learns where the job runs.
"""

from aivj.job import run_job

if __name__ == "__main__":
    run_job("lora", "--ray-address", "auto")
