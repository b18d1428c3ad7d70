from .attendance import Attendance
from .document import Document, DocumentKind
from .event import Event, EventKind, EventText
from .practice import Practice, PracticeVersion, VersionStatus
from .practice_parts import PracticeStep, PracticeText, Remark, VersionStep
from .presentation import (
    Presentation,
    PresentationLink,
    PresentationStatus,
    PresentationStep,
    PresentationText,
)
from .recommendation import (
    Recommendation,
    RecommendationState,
    RecommendationStep,
    RecommendationText,
)
from .session import Hall, Session
from .speaker import PresentationSpeaker, Speaker
from .take_over import TakeOver, TakeOverState, TakeOverStep
from .text import TextState

__all__ = [
    "Attendance",
    "Document",
    "DocumentKind",
    "Event",
    "EventKind",
    "EventText",
    "Hall",
    "Practice",
    "PracticeStep",
    "PracticeText",
    "PracticeVersion",
    "Presentation",
    "PresentationLink",
    "PresentationSpeaker",
    "PresentationStatus",
    "PresentationStep",
    "PresentationText",
    "Recommendation",
    "RecommendationState",
    "RecommendationStep",
    "RecommendationText",
    "Remark",
    "Session",
    "Speaker",
    "TakeOver",
    "TakeOverState",
    "TakeOverStep",
    "TextState",
    "VersionStatus",
    "VersionStep",
]
