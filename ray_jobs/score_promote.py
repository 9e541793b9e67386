"""Ray job: the end of `aivj loop`: a pack scored, verified and promoted, with a net that is there.

    aivj submit score_promote --driver-slots 1 --env AIVJ_HOME=/shared/aivj -- \
        --pack mine --gpu require --tracking-uri http://mlflow:5000 --bucket s3://runtime/public

The net is the last one of `aivj train`, or what `--set score.checkpoint=...` names. Submitted
again, it does what is missing. Its options are those of `aivj loop`, on the line or in a file
(`--config ray_jobs/configs/score_promote.yaml`); its exit code is that of `aivj`.
"""

from aivj.job import run_job

if __name__ == "__main__":
    run_job("loop", "--from", "score")
