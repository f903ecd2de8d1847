"""The people in the programme: enrolment, identity, cards, consents."""
