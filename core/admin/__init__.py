"""Staff pages of the programme's settings, its events and its jobs."""
