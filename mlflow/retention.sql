-- Marks old runs as deleted, as MLflow's page does it; run by the role mlflow through psql:
--   psql ... -v days=90 -f retention.sql
-- `mlflow gc --older-than 30d` removes them and their artifacts later; until then
-- `mlflow runs restore --run-id ID` brings one back. Kept for ever: runs that a registered version
-- came from, the run above such a run, and runs that have not ended.
\set ON_ERROR_STOP on

WITH sources AS (
    SELECT run_id FROM model_versions WHERE run_id IS NOT NULL
), kept AS (
    SELECT run_id FROM sources
    UNION
    SELECT tags.value FROM tags JOIN sources ON tags.run_uuid = sources.run_id
     WHERE tags.key = 'mlflow.parentRunId'
)
UPDATE runs
   SET lifecycle_stage = 'deleted',
       deleted_time = (extract(epoch FROM now()) * 1000)::bigint
 WHERE lifecycle_stage = 'active'
   AND end_time < (extract(epoch FROM now() - make_interval(days => :days)) * 1000)::bigint
   AND run_uuid NOT IN (SELECT run_id FROM kept)
RETURNING run_uuid, name;
