"""Kedro's settings for this project; all other configuration is YAML under `conf/`."""

from pantrypilot.hooks import ParameterNames, PlainErrors, RunSummary, SpentCheckpoints
from pantrypilot.webhook import WebhookNotices

HOOKS = (PlainErrors(), ParameterNames(), RunSummary(), SpentCheckpoints(), WebhookNotices())
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    # an environment names what it changes, down to a single key
    "merge_strategy": {"parameters": "soft", "globals": "soft"},
    # a user's own diets, dishes and foods are files of their own; the catalog takes them from the globals
    "config_patterns": {"globals": ["globals*", "diets*", "dishes*", "foods*"]},
}
