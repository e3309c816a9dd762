"""Tells a chat room how a run over the pantries went: one POST of `{"text": …}`, as Slack and its like take it.

    PANTRYPILOT_WEBHOOK=https://hooks.slack.com/services/… kedro run --pipelines pantry

or `pantry_webhook: {url: …}` in conf/local/credentials.yml. The address is a secret: it is never logged. Without one,
nothing is sent. A room that cannot be told is a warning in the log; the run is what it was.
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import re
import urllib.error
import urllib.request
from typing import Any

from kedro.framework.hooks import hook_impl

logger = logging.getLogger(__name__)

ADDRESS, CREDENTIALS = "PANTRYPILOT_WEBHOOK", "pantry_webhook"
TASK, SUMMARY = "pantry", "pantry.summary"
LONGEST = 3000  # characters; Slack folds or refuses longer messages
BUSY = 429  # what a server answers that wants to be asked again later


class WebhookNotices:
    """Sends the summary of a run over the pantries, or the error that ended it.

    `timeout` is in seconds, for each attempt; the wait between attempts doubles from `wait` seconds on.
    """

    def __init__(self, timeout: float = 5.0, attempts: int = 3, wait: float = 0.5) -> None:
        self._timeout, self._attempts, self._wait = timeout, attempts, wait
        self._context: Any = None

    @hook_impl
    def after_context_created(self, context: Any) -> None:
        self._context = context

    @hook_impl
    def after_pipeline_run(self, run_params: dict[str, Any], pipeline: Any, catalog: Any) -> None:
        if SUMMARY in pipeline.all_outputs() and (url := self._address()):
            self._tell(url, f"PantryPilot looked at the pantries.\n```\n{catalog.load(SUMMARY)}\n```")

    @hook_impl
    def on_pipeline_error(self, error: Exception, run_params: dict[str, Any], pipeline: Any, catalog: Any) -> None:
        if any(node.namespace == TASK for node in pipeline.nodes) and (url := self._address()):
            from pantrypilot.hooks import plain_lines

            self._tell(url, "PantryPilot's run over the pantries failed.\n" + "\n".join(plain_lines(error)))

    def _address(self) -> str | None:
        from kedro.config import MissingConfigException

        url = os.environ.get(ADDRESS)
        if not url and self._context is not None:
            try:
                url = self._context.config_loader["credentials"].get(CREDENTIALS, {}).get("url")
            except MissingConfigException:  # no file with credentials at all
                return None
        if url and not re.match(r"https?://[^/\s]", url):
            logger.warning("Nothing was sent: the webhook's address begins with neither http:// nor https://.")
            return None
        return url

    def _tell(self, url: str, text: str) -> None:
        from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

        attempts = Retrying(
            stop=stop_after_attempt(self._attempts),
            wait=wait_exponential(multiplier=self._wait, max=8),
            retry=retry_if_exception(_may_pass),
            reraise=True,
        )
        try:
            attempts(self._post, url, json.dumps({"text": _fit(text)}).encode())
        except (OSError, ValueError, http.client.HTTPException) as error:
            logger.warning("The webhook could not be told (%s); the run itself is not concerned.", _reason(error))

    def _post(self, url: str, body: bytes) -> None:
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=self._timeout):
            pass


def _may_pass(error: BaseException) -> bool:
    """Whether another attempt may do better: not where the server understood, and refused."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code >= 500 or error.code == BUSY
    return isinstance(error, (OSError, http.client.HTTPException)) and not isinstance(error, http.client.InvalidURL)


def _reason(error: Exception) -> str:
    """Without the words of other errors: they may quote the address."""
    if isinstance(error, urllib.error.HTTPError):
        return f"it answered {error.code}"
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return (isinstance(reason, OSError) and reason.strerror) or type(reason).__name__


def _fit(text: str) -> str:
    """Short enough, and without the password of a database URL."""
    text = re.sub(r"(://[^:/@\s]*):[^@\s]*@", r"\1:…@", text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
