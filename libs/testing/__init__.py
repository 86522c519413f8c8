"""What tests share: given/when/then, the cast, contract suites."""
