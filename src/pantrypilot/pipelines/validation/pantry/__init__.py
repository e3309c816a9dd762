"""Great Expectations over the snapshots: a summary, data docs, and failing rows apart."""
