"""Four ways to fail, named by who must act. Adapters translate; nothing else raises them."""


class PengaduanError(Exception):
    """Base of the errors that the worker expects; the message is one clear English sentence."""


class SettingsError(PengaduanError):
    """The operator must mend something; `problems` lists every fault found at once."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class TransientError(PengaduanError):
    """A service is away or busy: nothing was done, wait and try again."""


class AmbiguousError(TransientError):
    """The connection broke when the service may already have done it: look before repeating."""


class RejectedError(PengaduanError):
    """Refused for good (a mail address, a request): a person looks; repeating cannot help."""


class RegisterDriftError(PengaduanError):
    """The sheet is not what it must be: its owner looks; no letter leaves, no row is written."""
