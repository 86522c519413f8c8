"""What people see: read models projected from all four topics, GraphQL over them, and one door
for commands, which are passed on to the service that owns the facts.

It owns no facts, decides nothing, and knows no service's code: only published events and the
committed OpenAPI documents.
"""
