"""What the addresses under `/till/` answer."""
