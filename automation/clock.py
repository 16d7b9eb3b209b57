"""The clock of the computer: the only place that asks for the time of day."""

from datetime import datetime, tzinfo


class SystemClock:
    """Tells the present moment in the office's zone."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def now(self) -> datetime:
        """Give the present moment, timezone-aware."""
        return datetime.now(self._zone)
