"""PantryPilot: from pantry tables and recipes to small language models that keep to a diet."""

import os

__version__ = "0.1.0"

# before anything imports Great Expectations: nothing of this project calls home
os.environ["GX_ANALYTICS_ENABLED"] = "false"
