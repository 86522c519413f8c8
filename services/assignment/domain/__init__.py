"""Two aggregates: `goal` (why) and `assignment` (what, how, how ready, how it was adjusted).

An assignment is told subject by subject, each module with its facts, requests and rules:
`creation`, `agreement`, `reasons`, `components`, `practice`, `situation`, `obstacles`, `plan`,
`due`, `occurrences` (by the calendar of `schedule`), `readiness`, `outcome`. `homework` holds the
state they share, `giving` says many things in one request, and `assignment` composes it all.
"""
