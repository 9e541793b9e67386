"""Ray job: `aivj sample` on the cluster that the job was submitted to.

From the project's root, with RAY_API_SERVER_ADDRESS and RAY_AUTH_TOKEN of the cluster:

    RAY_RUNTIME_ENV_IGNORE_GITIGNORE=1 ray job submit \
        --working-dir . --runtime-env ray_jobs/runtime_env.yaml \
        -- env AIVJ_HOME=/shared/aivj python ray_jobs/sample_pairs.py \
        --pack mine --gpu require --out-dir /shared/aivj/runs/mine

Submitting the same again completes the run in `--out-dir`; name it, on storage that outlives the
job. All other options are those of `aivj sample`, and the exit code is that of `aivj`.
"""

import sys

from aivj.cli import main

if __name__ == "__main__":
    sys.argv[1:] = ["sample", "--ray-address", "auto", "--resume", *sys.argv[1:]]
    main()
