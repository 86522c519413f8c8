"""Writes `openapi/`: what others build on, made from the code and committed beside it."""
