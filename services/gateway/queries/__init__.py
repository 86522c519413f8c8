"""What may be asked of the read models: one statement for each question, shaped in SQL.

Every statement takes the same first arguments ($1 tenant, $2 who asks, $3 in which roles,
$4 whether as a patient, $5 now) and narrows by them itself: what somebody may not see is not
there.
"""
