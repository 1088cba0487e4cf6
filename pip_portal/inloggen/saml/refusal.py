"""The one exception of this package."""


class Refused(ValueError):
    """A message, key or metadata file failed a check.

    reden is a fixed text of ours: it never holds anything that was read from the message.
    soort: "fout", "geannuleerd" or "niveau", as in LoginRefused.
    """

    def __init__(self, reden: str, soort: str = "fout") -> None:
        super().__init__(reden)
        self.reden = reden
        self.soort = soort
