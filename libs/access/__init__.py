"""Who may do what: roles, relationships known locally, and the one door `may`."""
