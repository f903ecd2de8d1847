"""The addresses of `/api/v1/`."""
