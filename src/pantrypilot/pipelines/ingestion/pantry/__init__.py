"""Tables of a database → typed snapshots, and what could not be typed."""
