"""What every process of Interlude does alike: read its settings, log, answer probes, stop well.

Nothing here imports FastAPI or Starlette but `serving` at call time, so that relays and projectors
stay small.
"""
