"""Exchange rates: which one holds on a day."""

from .models import ExchangeRate


def find(currency, on):
    """The ExchangeRate that holds on that day, or None: holidays keep the last one for some days only."""
    rates = ExchangeRate.objects.filter(currency=currency).valid_on(on)
    return rates.best_first().first()
