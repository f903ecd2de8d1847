"""All that leaves the building: messages made of events, and their delivery."""
