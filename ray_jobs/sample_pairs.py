"""Ray job: `aivj sample` on the cluster that the job was submitted to.

    aivj submit sample_pairs --env AIVJ_HOME=/shared/aivj -- \
        --pack mine --gpu require --workers 32 --out-dir /shared/aivj/runs/mine

Submitted again, it completes the run in `--out-dir`; name it, on storage that outlives the job. Its
options are those of `aivj sample`, on the line or in a file (`--config
ray_jobs/configs/sample_pairs.yaml`); its exit code is that of `aivj`.
"""

from aivj.job import run_job

if __name__ == "__main__":
    run_job("sample", "--ray-address", "auto", "--resume")
