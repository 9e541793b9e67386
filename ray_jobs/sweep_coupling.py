"""Ray job: `aivj sweep` on the cluster that the job was submitted to.

From the project's root, with RAY_API_SERVER_ADDRESS and RAY_AUTH_TOKEN of the cluster:

    RAY_RUNTIME_ENV_IGNORE_GITIGNORE=1 ray job submit \
        --working-dir . --runtime-env ray_jobs/runtime_env.yaml \
        -- env AIVJ_HOME=/shared/aivj python ray_jobs/sweep_coupling.py --pack mine \
        --extra-eval-jsonl /shared/aivj/runs/mine/eval.jsonl --tracking-uri http://mlflow:5000

All other options are those of `aivj sweep`, and the exit code is that of `aivj`.
"""

import sys

from aivj.cli import main

if __name__ == "__main__":
    sys.argv[1:] = ["sweep", "--ray-address", "auto", *sys.argv[1:]]
    main()
