-- The database of MLflow's server and the role that owns it; run by a superuser through psql, as often
-- as you like: it makes what is missing, and sets the password that MLFLOW_DB_PASSWORD holds.
\set ON_ERROR_STOP on
\getenv password MLFLOW_DB_PASSWORD

SELECT 'CREATE ROLE mlflow LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mlflow') \gexec
ALTER ROLE mlflow PASSWORD :'password';

SELECT 'CREATE DATABASE mlflow OWNER mlflow ENCODING ''UTF8'' TEMPLATE template0'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'mlflow') \gexec
REVOKE ALL ON DATABASE mlflow FROM PUBLIC;

-- A server that died in a transaction holds its locks until then.
ALTER DATABASE mlflow SET idle_in_transaction_session_timeout = '5min';
