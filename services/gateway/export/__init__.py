"""A record to take away: everything that the read models hold of one patient, as of one moment, for
the patient themselves or, without what is private, for who treats them.

It is written piece by piece, so a long record takes no more memory than a short one. What makes it
whole is its last word; a record that was cut off does not have it.
"""
