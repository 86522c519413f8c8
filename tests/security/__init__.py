"""Who sees what, tried: every operation in every role and relation. And what nobody should send."""
