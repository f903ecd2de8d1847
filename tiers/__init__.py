"""The ladder: what members hold, how they rise, when they step down."""
