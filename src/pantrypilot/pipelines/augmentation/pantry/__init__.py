"""Synthetic households: what they are, what they keep, what they buy."""
