"""Who read or wrote whose data, as what, why, when, from where, and what came of it."""
