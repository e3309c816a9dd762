"""A writer on any OpenAI-compatible server: Ollama, LM Studio, `mlx_lm.server`, OpenAI itself.

One question is two messages: the system message of a chat row, with some of the cuisine's ingredients as the
pantry, and the prompt of the parameters. Not covered: streaming, tools, and servers with another protocol.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import random
import re
import threading

import openai
import tenacity

from pantrypilot.kitchen.text import render_system
from pantrypilot.pipelines.augmentation.writers import Rejected, Request, Workshop, WriterError

log = logging.getLogger(__name__)

PASSING = (openai.APIConnectionError, openai.RateLimitError, openai.InternalServerError)
KEPT = "Replies so far are in the cache: run again to go on."
NO_KEY = "none"  # local servers ask for no key, but the client wants one


class OtherProtocol(ValueError):
    """The server answered, but not as OpenAI would: a web page, or JSON of another shape."""


class OpenAIWriter:
    """Asks the server, with retries and back-off; every reply goes to the cache before anything reads it."""

    name = "openai"

    def __init__(self, workshop: Workshop) -> None:
        self._params, self._cache, self._allowed = workshop.params.openai, workshop.cache, workshop.allowed
        self._seed = workshop.params.seed
        self.concurrency = self._params.concurrency
        self._recipes = workshop.recipes
        self._client = openai.OpenAI(
            base_url=self._params.base_url,
            api_key=os.environ.get(self._params.api_key_env) or NO_KEY,
            timeout=self._params.timeout,
            max_retries=0,
        )
        self._closing, self._lock = threading.Event(), threading.Lock()
        self._failure: WriterError | None = None
        self._ask = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(PASSING),
            stop=tenacity.stop_after_attempt(self._params.retries + 1) | tenacity.stop_when_event_set(self._closing),
            sleep=tenacity.sleep_using_event(self._closing),
            wait=tenacity.wait_exponential(multiplier=self._params.first_wait, max=self._params.longest_wait),
            before_sleep=self._tell,
            reraise=True,
        )

    def write(self, request: Request) -> str:
        """The server's reply, from the cache where it was given before.

        Raises:
            WriterError: the server stays away or refuses; what it answered before is in the cache.
        """
        messages = self.messages(request)
        seed = int.from_bytes(hashlib.blake2b(f"{self._seed}:{request.label}".encode(), digest_size=4).digest()) >> 1
        key = self.cache_key(messages, seed)
        if (known := self._cache.get(key)) is not None:
            return known
        if self._failure:
            raise self._failure
        try:
            reply = self._ask(self._request, messages, seed)
        except PASSING as error:
            raise self._give_up(
                f"The model server at {self._params.base_url} does not answer ({_short(error)} after "
                f"{self._params.retries + 1} tries): start it, correct generator.composer.openai.base_url, or "
                f"set generator.composer.writer to 'composer'. {KEPT}"
            ) from None
        except openai.APIStatusError as error:
            raise self._give_up(
                f"The model server at {self._params.base_url} refuses the question ({_short(error)}): check "
                f"generator.composer.openai.model ({self._params.model!r}) and the key in the environment "
                f"variable {self._params.api_key_env}. {KEPT}"
            ) from None
        except OtherProtocol as problem:
            raise self._give_up(
                f"What answers at {self._params.base_url} does not speak the OpenAI protocol ({problem}): correct "
                f"generator.composer.openai.base_url, which mostly ends in /v1. {KEPT}"
            ) from None
        if not reply.strip():
            raise Rejected("the reply is empty")
        self._cache.put(key, reply, model=self._params.model, about=request.label)
        return reply

    def _give_up(self, message: str) -> WriterError:
        """The first failure, for every thread: the others stop waiting and ask nothing more."""
        with self._lock:
            self._failure = self._failure or WriterError(message)
        self._closing.set()
        return self._failure

    def close(self) -> None:
        """Ends waiting and open questions: after Ctrl-C nobody waits for a back-off."""
        self._closing.set()
        self._client.close()

    def messages(self, request: Request) -> list[dict[str, str]]:
        """The system message of a chat row with some of the cuisine's ingredients, and the filled prompt."""
        rng = random.Random(f"{self._seed}:{request.label}:hints")
        names = sorted({name for recipe in self._recipes if recipe.cuisine == request.cuisine for name in recipe.names})
        allowed = [name for name in names if self._allowed(name, request.diets)]
        hints = rng.sample(allowed, min(self._params.hints, len(allowed)))
        fills = {
            "{cuisine}": request.cuisine,
            "{meal}": request.meal,
            "{diets}": " and ".join(request.diets) or "any",
        }
        prompt = re.sub(r"\{(cuisine|meal|diets)\}", lambda match: fills[match[0]], self._params.prompt)
        return [
            {"role": "system", "content": render_system(hints, request.diets)},
            {"role": "user", "content": prompt},
        ]

    def cache_key(self, messages: list[dict[str, str]], seed: int) -> str:
        """One key for one question: all that can change the answer."""
        server = self._params.base_url.rstrip("/")
        asked = [server, self._params.model, self._params.temperature, self._params.max_tokens, seed, messages]
        return hashlib.blake2b(json.dumps(asked).encode(), digest_size=16).hexdigest()

    def _request(self, messages: list[dict[str, str]], seed: int) -> str:
        try:
            answer = self._client.chat.completions.create(
                model=self._params.model,
                messages=messages,
                temperature=self._params.temperature,
                max_tokens=self._params.max_tokens,
                seed=seed,
            )
            return "" if answer.choices == [] else answer.choices[0].message.content or ""
        except json.JSONDecodeError:
            raise OtherProtocol("its answer is no JSON") from None
        except (AttributeError, TypeError, openai.APIResponseValidationError):
            # openai checks nothing: a page of HTML comes back as text, other JSON as an object without choices
            kind = "text" if isinstance(answer, str) else "JSON of another shape"
            raise OtherProtocol(f"its answer is {kind}") from None

    def _tell(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        log.warning(
            "%s: %s; try %d of %d in %.1f s",
            self._params.base_url, _short(error), state.attempt_number + 1, self._params.retries + 1,
            state.upcoming_sleep,
        )  # fmt: skip


def _short(error: BaseException | None) -> str:
    """The error in a few words, without the request and its headers."""
    status = getattr(error, "status_code", None)
    return f"{type(error).__name__}{f' {status}' if status else ''}"
