"""Files as the National Bank publishes them; the figures are invented."""

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.7\n%%EOF\n"


def currency(code, value, nominal=1, valid_for=7):
    valid = f"<ValidFor>{valid_for}</ValidFor>" if valid_for is not None else ""
    return (
        f'<Currency ISOCode="{code}"><Nominal>{nominal}</Nominal>{valid}'
        f"<Value>{value}</Value></Currency>"
    )


def rates_xml(*currencies, name="Weekly Exchange Rates", day="14.12.2013"):
    """weekly.xml; the comment has letters that are no UTF-8."""
    text = (
        '<?xml version="1.0" encoding="windows-1251"?>\n<!-- Курсы валют -->\n'
        f'<CurrencyRates Name="{name}" Date="{day}">{"".join(currencies)}</CurrencyRates>\n'
    )
    return text.encode("windows-1251", "xmlcharrefreplace")


def daily_xml(day, **values):
    """daily_xml("14.12.2013", USD="49,0000")"""
    currencies = [currency(code, value, valid_for=None) for code, value in values.items()]
    return rates_xml(*currencies, name="Daily Exchange Rates", day=day)


def weekly_xml(day, **values):
    return rates_xml(*[currency(code, value) for code, value in values.items()], day=day)


def uploaded(data, name="weekly.xml"):
    return SimpleUploadedFile(name, data, "text/xml")


def paper(content=PDF, name="справка.pdf"):
    return SimpleUploadedFile(name, content, "application/pdf")
