"""Ray job: `aivj embed` where the job runs, which should have a GPU.

    aivj submit embed_frames --driver-gpus 1 --env AIVJ_HOME=/shared/aivj -- --pack mine

Submitted again, it embeds what is missing. Its options are those of `aivj embed`, on the line or in
a file (`--config ray_jobs/configs/embed_frames.yaml`); its exit code is that of `aivj`.
"""

from aivj.job import run_job

if __name__ == "__main__":
    run_job("embed")
