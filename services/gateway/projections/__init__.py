"""Read models: tables, how facts change them, and what may be asked of them.

Every row (or group of columns) is written from one stream, so the order between topics does not
matter, and any of them can be emptied and filled again from the topics.
"""
