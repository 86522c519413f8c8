"""The typed door for therapist and patient clients: schema by subject, limits, live changes."""
