"""What people write is sealed before it is stored, and opened only for who may read it."""
