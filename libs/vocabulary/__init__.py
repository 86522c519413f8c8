"""Value objects that several services speak of in the same words: ratings, experiences, obstacles."""
