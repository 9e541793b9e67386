"""Waits until the database has the schema of the MLflow that is installed here.

Reads MLFLOW_BACKEND_STORE_URI. The migration changes the schema; the server must not start before,
and must not make tables itself meanwhile.
"""

import os
import sys
import time

import sqlalchemy
from mlflow.exceptions import MlflowException

# Private, and what the server itself calls when it starts.
from mlflow.store.db.utils import _verify_schema

POLL_S = 5.0


def main() -> None:
    """Returns once the schema is there; says meanwhile what is missing, and no password."""
    engine = sqlalchemy.create_engine(os.environ["MLFLOW_BACKEND_STORE_URI"])
    while True:
        try:
            _verify_schema(engine)
        except MlflowException:
            missing = "the database has another schema: waiting for the migration"
        except sqlalchemy.exc.SQLAlchemyError as error:
            missing = f"the database does not answer ({type(error).__name__}): waiting"
        else:
            return
        sys.stdout.write(f"{missing}\n")
        sys.stdout.flush()
        time.sleep(POLL_S)


if __name__ == "__main__":
    main()
