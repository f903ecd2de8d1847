"""What staff see of the figures: the first page of the staff site, and the month for the accountant."""
