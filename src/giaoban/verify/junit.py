"""JUnit XML of a run: a test suite a site, a test case a result. Pure."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from giaoban.printable import printable
from giaoban.verify.messages import Language
from giaoban.verify.model import CheckResult, Results, State

_CHILD = {
    State.FAIL: "failure",
    State.BLOCKED: "skipped",
    State.UNKNOWN: "error",
    State.NOT_APPLICABLE: "skipped",
}


def junit(results: Results, language: Language = "en") -> str:
    """Give the XML. UNKNOWN is an error: nobody may take it for a pass."""
    root = Element("testsuites", name="giaoban verify", time=f"{results.seconds:.1f}")
    for site in results.sites:
        own = [check for check in results.checks if check.site == site.slug]
        _suite(root, site.slug, site.name, own, language)
    known = {site.slug for site in results.sites}
    rest = [check for check in results.checks if check.site not in known]
    if rest:
        _suite(root, rest[0].site, rest[0].site, rest, language)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(
    root: Element, slug: str, name: str, checks: list[CheckResult], language: Language
) -> None:
    count = {state: sum(check.state is state for check in checks) for state in State}
    suite = SubElement(
        root,
        "testsuite",
        name=slug,
        package=name,
        tests=str(len(checks)),
        failures=str(count[State.FAIL]),
        errors=str(count[State.UNKNOWN]),
        skipped=str(count[State.BLOCKED] + count[State.NOT_APPLICABLE]),
    )
    for check in checks:
        case = SubElement(
            suite, "testcase", classname=f"{slug}.{check.check}", name=printable(check.id)
        )
        if check.state is State.PASS:
            continue
        said = printable(check.text.to(language))
        child = SubElement(case, _CHILD[check.state], message=f"{check.state}: {said}")
        child.text = said
