"""Ray job: `aivj frames` on the cluster that the job was submitted to.

    aivj submit render_frames --env AIVJ_HOME=/shared/aivj -- --pack mine --workers 32

Submitted again, it takes the pictures that are missing. Its options are those of `aivj frames`, on
the line or in a file (`--config ray_jobs/configs/render_frames.yaml`); its exit code is that of
`aivj`.
"""

from aivj.job import run_job

if __name__ == "__main__":
    run_job("frames", "--ray-address", "auto")
