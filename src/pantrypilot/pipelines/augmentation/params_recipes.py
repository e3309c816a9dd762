"""Parameters of balancing and composing. The reason for each default stands beside it in the YAML."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pantrypilot.kitchen.settings import Settings


class BalanceParams(Settings):
    """`generator.balance`: how many recipes of each cuisine, and how many of these without meat or fish."""

    per_cuisine: int = Field(gt=0)
    vegetarian_share: float = Field(ge=0, le=1)
    cuisines: tuple[str, ...] | None = None
    least_recipes: int = Field(ge=1)
    seed: int


class DietShare(Settings):
    """Diets that a composed dish must keep to, and the share of dishes that are asked to."""

    diets: tuple[str, ...]
    share: float = Field(gt=0)


class OpenAIParams(Settings):
    """`generator.composer.openai`: a server that speaks the OpenAI protocol.

    Times in seconds. `api_key_env` names an environment variable; its value is never logged or stored.
    `prompt` may hold {cuisine}, {meal} and {diets}.
    """

    base_url: str
    model: str = Field(min_length=1)
    api_key_env: str
    temperature: float = Field(ge=0, le=2)
    max_tokens: int = Field(gt=0)
    timeout: float = Field(gt=0)
    concurrency: int = Field(gt=0)
    retries: int = Field(ge=0)
    first_wait: float = Field(ge=0)
    longest_wait: float = Field(ge=0)
    hints: int = Field(ge=1)
    prompt: str


class ComposerParams(Settings):
    """`generator.composer`: who writes the missing recipes, and what is asked for."""

    writer: Literal["composer", "openai"]
    diets: tuple[DietShare, ...] = Field(min_length=1)
    least_ingredients: int = Field(ge=2)
    most_ingredients: int
    tries: int = Field(gt=0)
    seed: int
    openai: OpenAIParams

    @model_validator(mode="after")
    def ordered(self) -> ComposerParams:
        if self.least_ingredients > self.most_ingredients:
            raise ValueError("least_ingredients is more than most_ingredients")
        return self
