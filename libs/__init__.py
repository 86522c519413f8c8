"""Mechanisms that any service may use; none of them knows a service."""
