"""Two aggregates: `goal` (why) and `assignment` (what, how, how ready, how it was adjusted).

An assignment is told subject by subject, each module with its facts, requests and rules:
`agreement`, `components`, `preparation`, `obstacles`, `plan`, `due`, `occurrences`, `readiness`,
`outcome`. `homework` holds the state they share, `assignment` composes them into one decider.
"""
