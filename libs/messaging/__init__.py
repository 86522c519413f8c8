"""From the outbox to the broker and back: envelopes, brokers, the relay."""
