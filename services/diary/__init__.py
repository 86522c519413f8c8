"""What the patient does and records between sessions.

The diary owns entries, in the field's own worksheets, and each patient's notebook. It must never
know why homework was given, nor judge it.
"""
