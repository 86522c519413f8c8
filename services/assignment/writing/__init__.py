"""The written summary (C17): what was said about homework, put into the patient's language.

`gathering` picks what a summary says, `english` and `spanish` have the words, `markdown` writes it
and `page` prints it. All of it is pure: the same facts come to the same text, to the byte.
"""
