"""Those who take messages out of the building, and how they say no."""


class NotAcceptedError(Exception):
    """The provider did not take a message: REASON in short, without address or text.

    `is_lasting`: it never will. `is_bounce`: there is nobody at that address. `is_unclear`: the connection broke while
    the message was handed over, so that it may have been taken.
    """

    def __init__(
        self, reason: str, *, is_lasting: bool = False, is_bounce: bool = False, is_unclear: bool = False
    ) -> None:
        super().__init__(reason)
        self.is_lasting = is_lasting
        self.is_bounce = is_bounce
        self.is_unclear = is_unclear
