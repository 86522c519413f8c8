"""What the next session makes of homework.

Review owns one review per assignment and session: what was done and when, skills, praise,
obstacles, beliefs, what was learned when nothing was done. It must never change an assignment.
"""
