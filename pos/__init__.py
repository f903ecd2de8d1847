"""The tills: purchases and returns, and the API they post them to."""
