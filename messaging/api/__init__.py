"""What mail providers tell us over HTTP."""
