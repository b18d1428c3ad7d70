"""The models by concept; everything else imports them from here."""

from .attachment import Attachment, Evidence
from .budget import BudgetLine, BudgetRevision
from .fact_revision import FactRevision
from .finding import Check, Finding
from .funding import Contribution, Form, Payment, PaymentKind, Source
from .in_kind import InKindItem, Valuation
from .ledger import LedgerRow, UsedRate
from .paid_day import PaidDay
from .paid_month import MonthSum, PaidMonth
from .parts import PlanArea, PlanMunicipality
from .period import PeriodStatus, PeriodStep, ReportingPeriod
from .plan import COUNTED, OPEN_TO_EDIT, ActionPlan, PlanStatus, StatedBase
from .promise import PromiseRevision
from .rate import FROM_THE_BANK, ExchangeRate, RateSource
from .reference import FxPolicy, Phase, Programme, ServiceArea
from .step import StatusChange
from .text import PlanText
from .totals import OTHER, PROMISED, RECEIVED, AddedMoney, Axis, FundingSlice, FundingTotal, Money
from .tranche import Tranche

__all__ = [
    "COUNTED",
    "FROM_THE_BANK",
    "OPEN_TO_EDIT",
    "OTHER",
    "PROMISED",
    "RECEIVED",
    "ActionPlan",
    "AddedMoney",
    "Attachment",
    "Axis",
    "BudgetLine",
    "BudgetRevision",
    "Check",
    "Contribution",
    "Evidence",
    "ExchangeRate",
    "FactRevision",
    "Finding",
    "Form",
    "FundingSlice",
    "FundingTotal",
    "FxPolicy",
    "InKindItem",
    "LedgerRow",
    "Money",
    "MonthSum",
    "PaidDay",
    "PaidMonth",
    "Payment",
    "PaymentKind",
    "PeriodStatus",
    "PeriodStep",
    "Phase",
    "PlanArea",
    "PlanMunicipality",
    "PlanStatus",
    "PlanText",
    "Programme",
    "PromiseRevision",
    "RateSource",
    "ReportingPeriod",
    "ServiceArea",
    "Source",
    "StatedBase",
    "StatusChange",
    "Tranche",
    "UsedRate",
    "Valuation",
]
