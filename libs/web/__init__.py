"""How a service speaks HTTP: problems, principals, commands, health."""
