"""One call to Slack; what fails is an error that says what to do, without the token."""

from collections.abc import Callable
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from alerts.channels.slack.errors import SlackError, slack_error
from alerts.channels.slack.silence import unanswered
from alerts.channels.waiting import retry_after

if TYPE_CHECKING:
    from slack_sdk.web import SlackResponse

Method = Callable[..., "SlackResponse"]


def call(method: Method, **arguments: Any) -> "SlackResponse":  # noqa: ANN401 - whatever the method takes
    """Call it once. Raises SlackError."""
    from slack_sdk.errors import SlackApiError, SlackClientError  # noqa: PLC0415 - where no Slack is, none is needed

    try:
        return method(**arguments)
    except SlackApiError as error:
        failure = _failure(error.response)
    except (OSError, HTTPException, SlackClientError, ValueError) as error:
        failure = unanswered(error)
    except (AttributeError, LookupError, TypeError):  # JSON that is no object, an encoding that nobody knows
        failure = slack_error(200, "", None)
    # Raised out here: the SDK's exceptions hold the token, and must not travel along as the cause of this one.
    raise failure


def _failure(response: "SlackResponse") -> SlackError:
    body = response.data if isinstance(response.data, dict) else {}
    headers = {str(key).lower(): _one(value) for key, value in response.headers.items()}
    wait = retry_after(headers.get("retry-after"), headers.get("date"))
    return slack_error(response.status_code, str(body.get("error", "")), wait)


def _one(value: object) -> str:
    """A header's value; the SDK gives some as lists."""
    return str(value[0]) if isinstance(value, list) and value else str(value)
