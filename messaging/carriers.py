"""Those who take messages out of the building, and how they say no."""


class NotAcceptedError(Exception):
    """The provider did not take a message: REASON in short, without address or text. `is_lasting`: it never will."""

    def __init__(self, reason: str, *, is_lasting: bool = False) -> None:
        super().__init__(reason)
        self.is_lasting = is_lasting
