"""Who works with whom, and when they meet.

Care owns clinics, therapists, patients, care relationships and sessions. It alone creates a
person's keys. It must never know what homework is.
"""
