"""All that a report was asked for, in as few questions as it takes."""

from . import facts_money, facts_promises
from .facts_sums import Sums


def sums_of(then, keys, needs):
    """{key: {(measure, pot): tyiyn}}"""
    sums = Sums(then, keys, needs)
    needs, has_net = sums.needs, False
    if needs & {"original", "promised", "cost"}:
        has_net = "net" in needs and facts_money.is_kept(sums)
        facts_promises.read(sums, net_step=facts_money.first_step(sums) if has_net else None)
    if "binding" in needs:
        facts_promises.read_binding(sums)
    if needs & {"net", "returned", "spent"}:
        facts_money.read(sums, has_net=has_net)
    if "later" in needs and then.scope.period:
        facts_money.read_later(sums)
    sums.cut()
    return sums.found
