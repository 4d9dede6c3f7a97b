"""What becomes an alert."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from dipwatch.settings.types import Duration, Section


class Detection(Section):
    """What becomes an alert."""

    alert_threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    """From which score a claim alerts; unset, the threshold that the subject's model was validated with."""
    max_age: Duration = timedelta(days=4)
    batch: Annotated[int, Field(ge=1)] = 500
    interval: Duration = timedelta(seconds=1)
    warm_up: Duration = timedelta(days=30)
    second_hand_alerts: bool = False
