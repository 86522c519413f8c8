"""How one cause is found again in all that it led to: correlation in the logs, spans in a trace."""
