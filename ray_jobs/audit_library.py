"""Ray job: `aivj audit` on the cluster that the job was submitted to.

    aivj submit audit_library --env AIVJ_HOME=/shared/aivj -- /shared/milkdrop --workers 32

Submitted again, it goes on where it was. Its options are those of `aivj audit run`, on the line or
in a file (`--config ray_jobs/configs/audit_library.yaml`); its exit code is that of `aivj`.
"""

from aivj.job import run_job

if __name__ == "__main__":
    run_job("audit", "run", "--ray-address", "auto")
