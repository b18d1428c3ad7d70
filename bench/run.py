"""One database after the other: make it, check it, measure it, tell."""

from . import check, database, report
from .measure import measure_file, measure_page, measure_yardsticks, queries_of
from .pages import home, pages, plan_of
from .paper import measure_paper
from .signing import measure_signings
from .verbs import VERBS, measure_check, measure_verb
from .web import ROOT, Portal
from .workbook import measure_workbook


def run(server, options):
    found = {}
    for number in options.plans:
        url = database.prepare(server, number)
        if wrong := check.differences():
            print(f"The portal would have written these plans otherwise: {', '.join(wrong)}")
            return 1
        with Portal.start(url, ROOT / "var" / "bench" / f"server-{number}.log") as portal:
            found[number] = measure(portal, url, options)
        print(report.as_text(number, found[number]), flush=True)
    print(report.comparison(found))
    if options.write:
        report.write(found)
    return 0


def measure(portal, url, options):
    chosen = [p for p in pages() if options.only.lower() in f"{p.name} {p.path}".lower()]
    verbs = [verb for verb in VERBS if options.only.lower() in verb.name.lower()]
    if options.queries:
        for page in chosen:
            print(report.queries_as_text(page, queries_of(page)))
    return report.Run(
        pages=[measure_page(portal, page) for page in chosen],
        verbs=[measure_verb(verb) for verb in verbs],
        file=measure_file(portal),
        workbook=measure_workbook(url),
        paper=measure_paper(portal),
        signings=measure_signings(),
        check=measure_check(url),
        yardsticks=measure_yardsticks(portal, plan_of(home())),
    )
