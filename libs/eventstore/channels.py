"""Names of PostgreSQL's notification channels."""


def outbox(service: str) -> str:
    """Somebody committed rows that are to be published. A lost notification costs milliseconds:
    the relay looks by itself as well.
    """
    return f"outbox_{service}"
