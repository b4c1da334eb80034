"""What the counted votes say about the result: `project`, `call` and `predictive`. Pure: numpy and the standard
library only."""

from .calls import call
from .model import project
from .parameters import DEFAULT, Parameters
from .surprise import predictive
from .types import (
    Call,
    Candidate,
    CandidatePrediction,
    CandidateProjection,
    Counted,
    CountedSet,
    Gate,
    Prediction,
    Projection,
    Setup,
    State,
    StillOut,
    Swap,
    Unit,
)

__all__ = [
    "DEFAULT",
    "Call",
    "Candidate",
    "CandidatePrediction",
    "CandidateProjection",
    "Counted",
    "CountedSet",
    "Gate",
    "Parameters",
    "Prediction",
    "Projection",
    "Setup",
    "State",
    "StillOut",
    "Swap",
    "Unit",
    "call",
    "predictive",
    "project",
]
