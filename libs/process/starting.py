"""How every role begins."""

from libs.process import logging
from libs.process.settings import Wanted, load


def started(service: str, role: str, kind: type[Wanted]) -> Wanted:
    """The settings, with logging and tracing as they say."""
    settings = load(kind)
    logging.configure(service, role, settings.log_format)
    if settings.traces is not None:
        from libs.tracing import exporting  # noqa: PLC0415 - nobody else pays for OpenTelemetry

        exporting.begin(service, role, settings.traces)
    return settings
