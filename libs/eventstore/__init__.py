"""Streams of facts: how they are decided, recorded, read again and followed."""
