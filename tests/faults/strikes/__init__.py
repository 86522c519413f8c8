"""What is done to a running Interlude; `table.py` has them all by name."""
