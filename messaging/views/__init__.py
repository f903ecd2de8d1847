"""What messaging answers over HTTP: the development mailbox, and what mail providers report."""
