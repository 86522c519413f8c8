"""Why, what and how of homework: goals, and assignments with their plans and occurrences.

Owns what a patient and a therapist agree on between two sessions. It must never know what the
patient writes in a diary, nor how the next session judges the work: those are facts of others.
"""
