"""What looking into a file can say. Imports nothing: it is also used in the process that looks."""


class Afgekeurd(Exception):
    """This file is refused. code: a word of soorten.ZINNEN."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
