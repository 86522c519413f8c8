"""What patients record and keep: one module per aggregate."""
