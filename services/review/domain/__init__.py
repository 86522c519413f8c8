"""The review of one assignment in one session.

`state` holds what rules need; `work`, `meaning` and `non_engagement` what the session speaks of,
each with its facts, requests and rules; `review` opens, completes, and joins all.
"""
