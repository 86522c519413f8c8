"""The people of a clinic, who treats whom, and their sessions: one module per aggregate."""
