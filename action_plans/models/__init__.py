"""The models by concept; everything else imports them from here."""

from .attachment import Attachment
from .funding import Contribution, Form, Payment, PaymentKind, Source
from .parts import PlanArea, PlanMunicipality
from .plan import COUNTED, OPEN_TO_EDIT, ActionPlan, PlanStatus
from .reference import Phase, Programme, ServiceArea
from .step import StatusChange
from .text import PlanText
from .totals import OTHER, PROMISED, RECEIVED, AddedMoney, Axis, FundingSlice, FundingTotal, Money

__all__ = [
    "COUNTED",
    "OPEN_TO_EDIT",
    "OTHER",
    "PROMISED",
    "RECEIVED",
    "ActionPlan",
    "AddedMoney",
    "Attachment",
    "Axis",
    "Contribution",
    "Form",
    "FundingSlice",
    "FundingTotal",
    "Money",
    "Payment",
    "PaymentKind",
    "Phase",
    "PlanArea",
    "PlanMunicipality",
    "PlanStatus",
    "PlanText",
    "Programme",
    "ServiceArea",
    "Source",
    "StatusChange",
]
