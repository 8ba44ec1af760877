"""Errors of a deployment, each a sentence that names the next step."""

from __future__ import annotations

import sys
from collections.abc import Callable

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

CLIENT_ERRORS = (BotoCoreError, ClientError, ResponseParserError)
"""Everything that the AWS client raises; `in_one_sentence` says each."""
_UNKNOWN_HERE = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
)
_SIGNED_OUT = (
    exceptions.SSOTokenLoadError,
    exceptions.TokenRetrievalError,
    exceptions.UnauthorizedSSOTokenError,
)
_UNREACHABLE = (exceptions.ConnectionError, exceptions.HTTPClientError)
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN_TO_AWS = {
    "AuthFailure",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_FORBIDDEN = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}


class DeployError(Exception):
    """A deployment was not begun or not taken; the text says why and what to do."""


def exit_code_of(work: Callable[[], int | None], *expected: type[Exception]) -> int:
    """Do the work of a command and return its exit code; what stands in the way is said on standard error.

    Args:
        work: Its own exit code is returned, 0 for None.
        expected: Errors whose text is for whoever runs the command; those of the AWS client become a sentence.
    """
    try:
        return work() or 0
    except CLIENT_ERRORS as error:
        print(in_one_sentence(error), file=sys.stderr)
    except expected as error:
        print(error, file=sys.stderr)
    return 1


def in_one_sentence(error: BotoCoreError | ClientError | ResponseParserError) -> str:
    """Return the sentence that an error of the AWS client is to whoever deploys."""
    if isinstance(error, ClientError):
        return _of_answer(error)
    if isinstance(error, ResponseParserError):
        return "What answered is not AWS: look at the endpoint, and at proxies on the way to it."
    if isinstance(error, _UNKNOWN_HERE):
        return (
            "There are no AWS credentials here: sign in (`aws sso login`, or set AWS_PROFILE) and try again."
        )
    if isinstance(error, _SIGNED_OUT):
        return "Your sign-in to AWS has ended: `aws sso login`, then try again."
    if isinstance(error, exceptions.ProfileNotFound):
        return f"{error}: set AWS_PROFILE to one of `aws configure list-profiles`."
    if isinstance(error, exceptions.NoRegionError):
        return "No AWS region is set: set AWS_DEFAULT_REGION and try again."
    if isinstance(error, _UNREACHABLE):
        return f"AWS cannot be reached from here: {error}."
    return f"The AWS client stopped: {error}."


def _of_answer(error: ClientError) -> str:
    code, message = (error.response["Error"].get(part, "") for part in ("Code", "Message"))
    if code in _EXPIRED:
        return "Your sign-in to AWS has ended: `aws sso login`, then try again."
    if code in _UNKNOWN_TO_AWS:
        return (
            f"AWS does not know these credentials ({code}): check AWS_PROFILE or the keys that are set here."
        )
    if code in _FORBIDDEN:
        return f"These credentials may not {error.operation_name}: {message}"
    return f"AWS refused {error.operation_name}: {message or code}"
