"""What a browser sends from the plan's form."""

from tests.factories import MunicipalityFactory, PhaseFactory


def new_plan(**changes):
    """A valid form for a new plan: cost 1 000 000, a grant of 800 000, own 200 000."""
    data = {
        "text-language": "ru",
        "text-title": "Вода",
        "phase": str(PhaseFactory().pk),
        "cost_kgs": "1 000 000,00",
        "key": "5f0c1f5e-0000-4000-8000-000000000001",
        "places-TOTAL_FORMS": "1",
        "places-0-share": "100",
        "areas-TOTAL_FORMS": "1",
        "areas-0-area": "",
        "areas-0-share": "100",
        "lead": "0",
        **money(("grant", "cash", "800 000"), ("municipality", "cash", "200 000")),
    }
    data.setdefault("places-0-municipality", None)
    data |= {name.replace("__", "-"): value for name, value in changes.items()}
    if not data["places-0-municipality"]:
        data["places-0-municipality"] = str(MunicipalityFactory().pk)
    return {name: value for name, value in data.items() if value is not None}


def money(*rows):
    data = {"money-TOTAL_FORMS": str(len(rows))}
    for i, (source, form, amount, *rest) in enumerate(rows):
        data |= {
            f"money-{i}-source": source,
            f"money-{i}-form": form,
            f"money-{i}-amount_kgs": amount,
            f"money-{i}-decision": rest[0] if rest else "",
            f"money-{i}-row": rest[1] if len(rest) > 1 else "",
        }
    return data


def sent_by(response):
    """Everything the shown form would send if the person pressed save at once."""
    entry = response.context["entry"]
    data = {}
    for part in [entry.form, entry.text, *entry.translations]:
        data |= _values(part)
    for rows in [entry.places, entry.areas, entry.money]:
        data[f"{rows.prefix}-TOTAL_FORMS"] = str(len(rows.forms))
        for row in rows.forms:
            data |= _values(row)
    data["lead"] = str(entry.places.lead_row)
    return data


def _values(form):
    values = {}
    for field in form:
        value = field.value()
        if value is None or value is False:
            continue
        shown = "on" if value is True else field.field.widget.format_value(value)
        shown = shown[0] if isinstance(shown, list) else shown
        values[field.html_name] = "" if shown is None else str(shown)
    return values
