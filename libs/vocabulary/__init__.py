"""Value objects that several services name alike: ratings, experiences, obstacles."""
