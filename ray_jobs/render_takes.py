"""Ray job: `aivj takes draw` on the cluster that the job was submitted to.

    aivj submit render_takes --env AIVJ_HOME=/shared/aivj -- --presets /shared/milkdrop --workers 32

Submitted again, it draws what no take exists of. Its options are those of `aivj takes draw`, on the
line or in a file (`--config ray_jobs/configs/render_takes.yaml`); its exit code is that of `aivj`.
"""

from aivj.job import run_job

if __name__ == "__main__":
    run_job("takes", "draw", "--ray-address", "auto")
