"""Interlude under faults: what is acknowledged stays, happens once, and is seen, whatever dies."""
