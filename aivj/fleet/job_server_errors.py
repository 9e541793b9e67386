"""What goes wrong between here and the job server of a cluster, in our words."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from aivj.errors import AivjError, InputError, RunError

MAX_UPLOAD_MIB = 100
"""What Ray's dashboard lets pass of a job's code, zipped; its store would take 512 MiB."""

_MISSING, _WRONG = 401, 403
_SAYS_TOO_LARGE = re.compile(
    r"Maximum request body size \d+ exceeded|Package size \([^)]*\) exceeds the maximum size"
)
_SAYS_UNKNOWN = "does not exist"
_PLACE = re.compile(r"[A-Za-z0-9._\-\[\]:]+(/[\x21-\x7e]*)?")
_NUM_SHOWN = 200


def http_address(address: str) -> str:
    """Returns an address in full.

    Raises:
        InputError: It is not one of HTTP.
    """
    scheme, separator, rest = address.partition("://")
    if not separator:
        scheme, rest = "http", address
    if scheme not in {"http", "https"} or not _PLACE.fullmatch(rest):
        raise InputError(
            "the address of a cluster's job server", repr(address), "write http://HEAD:8265"
        )
    return f"{scheme}://{rest.rstrip('/')}"


@dataclass(frozen=True)
class Complaints:
    """Errors that name the server they are about.

    Attributes:
        address: Of the server, in full.
    """

    address: str

    def refusal(self, code: int) -> AivjError:
        """Says what an answer means that is none: a status of HTTP."""
        if code == _MISSING:
            return InputError(
                f"the token of the cluster at {self.address}",
                "none (401)",
                "set RAY_AUTH_TOKEN, or name its variable with --token-env, or its file with "
                "RAY_AUTH_TOKEN_PATH",
            )
        if code == _WRONG:
            return InputError(
                f"the token of the cluster at {self.address}",
                "another one (403)",
                "ask who runs the cluster for its token (`ray get-auth-token` on its head)",
            )
        return RunError(
            f"Ray's job server at {self.address}",
            f"something that answers with {code}",
            "name the address of the cluster's dashboard, for example http://HEAD:8265",
        )

    def away(self, error: Exception) -> RunError:
        """Says that nobody answers."""
        cause = getattr(error, "reason", None) or error
        return RunError(
            f"Ray's job server at {self.address}",
            f"{type(cause).__name__}: {first_line(str(cause))}"[:_NUM_SHOWN],
            "see that the cluster is up and its dashboard reachable from here, for example by "
            "`kubectl port-forward service/HEAD 8265`",
        )

    def refuse_older(self, version: str, own: str) -> None:
        """Refuses a cluster whose Ray is older than ours; the jobs are written for ours.

        Raises:
            InputError: It is.
        """
        if _release(version) < _release(own):
            raise InputError(
                f"a cluster with Ray {own}, as here, or a newer one",
                f"Ray {version} at {self.address}",
                "give the cluster an image with that version, or install the cluster's version "
                "here and run the tests with it",
            )

    @contextlib.contextmanager
    def told(self, job_id: str = "") -> Iterator[None]:
        """Turns what Ray's client raises in the block into errors of ours.

        Args:
            job_id: The job that it is asked about.

        Raises:
            InputError: There is no such job, the token is wrong, or too much is taken along.
            RunError: The server does not answer, or does not do what it is asked.
        """
        from ray.exceptions import AuthenticationError

        try:
            yield
        except AuthenticationError as error:
            is_missing = "required" in first_line(str(error))
            raise self.refusal(_MISSING if is_missing else _WRONG) from error
        except OSError as error:  # requests' own errors are such, too
            raise self.away(error) from error
        except (RuntimeError, ValueError) as error:
            raise self._complaint(str(error), job_id) from error

    def _complaint(self, told: str, job_id: str) -> AivjError:
        if job_id and _SAYS_UNKNOWN in told:
            return InputError(
                f"a job of the cluster at {self.address}",
                f"none called {job_id!r}",
                "`aivj jobs list` names those there are",
            )
        if too_large := _SAYS_TOO_LARGE.search(told):
            return InputError(
                f"less than {MAX_UPLOAD_MIB} MiB to take along, zipped",
                too_large[0],
                "name what can stay under `excludes` of ray_jobs/runtime_env.yaml; what nodes "
                "shall read belongs on storage that they share",
            )
        return RunError(
            f"the job server at {self.address} to do as it is asked",
            told.strip().splitlines()[-1] if told.strip() else "no reason",
            "look into the log of the cluster's dashboard",
        )


def first_line(text: str) -> str:
    """Returns a text's first line."""
    return text.partition("\n")[0]


def _release(version: str) -> tuple[int, ...]:
    """Returns the two numbers of a release; none of what is no release."""
    numbers = version.split(".")[:2]
    return tuple(int(number) for number in numbers if number.isdecimal())
