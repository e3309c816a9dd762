"""PantryPilot: from pantry tables and recipes to small language models that keep to a diet."""

__version__ = "0.1.0"
