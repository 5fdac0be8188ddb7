"""Files of a large system in which teams mostly call their own services, as real ones do. Always the same."""

from __future__ import annotations

from pathlib import Path

_AREAS = {
    "catalogue": "offer", "prices": "offer", "search": "offer",
    "cart": "sale", "orders": "sale", "payments": "sale", "ledger": "sale",
    "stock": "goods", "delivery": "goods", "returns": "goods",
    "identity": "people", "support": "people",
}  # fmt: skip
"""A team, and the domain that it works in."""
_ROLES = ("rules", "jobs", "views", "audit", "sync", "rates", "cache")
_CALLS = {
    "search": ("catalogue",), "cart": ("prices", "stock"), "orders": ("cart", "payments", "delivery"),
    "payments": ("ledger",), "delivery": ("stock",), "returns": ("orders", "payments"),
    "support": ("orders", "identity"),
}  # fmt: skip
"""Team → teams whose API its own calls."""
_ENTRANCES = ("search", "cart", "orders", "identity", "support")
_TESTED = ("cart", "payments", "stock")


def write_large_project(folder: Path) -> None:
    """A Compose file of 109 nodes with owners and domains, and the test report of some teams."""
    folder.mkdir()
    services = ["services:", *_service("gateway", [f"{area}-api" for area in _ENTRANCES])]
    tests = []
    for area, domain in _AREAS.items():
        called = [f"{other}-api" for other in _CALLS.get(area, ())]
        roles = [f"{area}-{role}" for role in _ROLES]
        services += _service(f"{area}-api", [*roles[:4], *called], area, domain)
        for number, role in enumerate(roles):
            services += _service(role, roles[4:] if number == 1 else [], area, domain, f"{area}-db")
        services += [f"  {area}-db:", "    image: postgres:16"]
        if area in _TESTED:
            tests += [(f"{area}-api", other) for other in (*roles[:4], *called)]
    (folder / "compose.yaml").write_text("\n".join(services) + "\n", "utf-8")
    (folder / "TEST-all.xml").write_text(_report(tests), "utf-8")


def _service(name: str, calls: list[str], area: str = "web", domain: str = "", store: str = "") -> list[str]:
    urls = [f"{other.upper().replace('-', '_')}_URL: http://{other}:8080" for other in calls]
    urls += [f"DATABASE_URL: postgresql://{store}:5432/{area}"] if store else []
    labels = [f"owner: {area}", *([f"app.kubernetes.io/part-of: {domain}"] if domain else [])]
    lines = [f"  {name}:", f"    image: shop/{name}", f"    labels: {{{', '.join(labels)}}}"]
    return [*lines, "    environment:", *(f"      {url}" for url in urls)] if urls else lines


def _report(tests: list[tuple[str, str]]) -> str:
    cases = (
        f'<testcase name="{consumer} calls {provider}" classname="all"><properties>'
        f'<property name="topoplan.contract" value="{consumer} -&gt; {provider}"/>'
        f'<property name="topoplan.boundary" value="{consumer} -&gt; {provider}"/></properties></testcase>\n'
        for consumer, provider in tests
    )
    return f'<testsuite name="all" timestamp="2026-01-05T09:07:00Z">\n{"".join(cases)}</testsuite>\n'
