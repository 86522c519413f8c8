"""All of Interlude on one machine, from nothing but Python: `python -m deploy.local run`."""
