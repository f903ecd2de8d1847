"""The ground everything stands on: the programme's settings, its clock, its events, its jobs, its errors."""
