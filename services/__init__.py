"""The four owners of facts, and the gateway that reads what they record."""
