"""Who sees what, tried: every operation in every role and relation."""
