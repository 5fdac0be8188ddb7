"""The one way in: services in, their history out, whatever state version control is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from topoplan.config import HistorySettings, ServiceSettings
from topoplan.history.churn import change_rates
from topoplan.history.git import GitCommand, GitError, GitRunner
from topoplan.history.ownership import Owner, Part
from topoplan.history.places import Files, Place, by_repository, places_of
from topoplan.history.repository import Repository
from topoplan.history.specs import ReadInterface
from topoplan.history.survey import Survey, survey
from topoplan.model.change import ChangeRate, History, ServiceHistory
from topoplan.model.facts import Notice, Severity
from topoplan.model.place import Where
from topoplan.model.topology import Service

_DAY = 86_400


def read_history(
    services: Sequence[Service],
    files: Files,
    settings: HistorySettings,
    service_settings: Mapping[str, ServiceSettings],
    read_interface: ReadInterface,
    run_git: GitRunner | None = None,
) -> tuple[History, tuple[Notice, ...]]:
    """How often the code and the interface of each service change, and what in its specifications broke consumers.

    `files` maps a shown path (a service's folder, a specification, a `repository` of the settings) to its real path,
    None when it may not be looked at. `service_settings` is by name or id of the service. `read_interface` reads one
    stored version of a specification, None when it cannot. `run_git` runs git, the real one when None.

    A specification belongs to the interface, every other file to the deepest service folder around it. The period ends
    with the newest commit, not today. Never raises for what git or a repository does: that is a notice, and the history
    of the services concerned is missing. Without any usable repository the history is not available and says why.
    """
    if not settings.enabled:
        return _unavailable(settings, "switched off in the settings"), ()
    places = places_of(services, files, service_settings)
    if not places:
        return _unavailable(settings, "no service has a known folder"), ()
    opened, notices = _open(places, run_git or GitCommand())
    until = max((repository.head_time for repository, _ in opened), default=0)
    surveys: list[Survey] = []
    for repository, members in opened:
        try:
            surveys.append(survey(repository, members, until - settings.since_days * _DAY, settings, read_interface))
        except GitError as error:
            notices.append(_notice(error, members))
    notices.extend(notice for found in surveys for notice in found.notices)
    told = tuple(sorted(set(notices), key=lambda n: (str(n.where), n.slug, n.message)))
    if not surveys:
        return _unavailable(settings, told[0].message), told
    return _history(services, surveys, until, settings), told


def _open(places: Sequence[Place], run: GitRunner) -> tuple[list[tuple[Repository, Sequence[Place]]], list[Notice]]:
    opened: list[tuple[Repository, Sequence[Place]]] = []
    notices: list[Notice] = []
    for holder, members in by_repository(places).items():
        try:
            if holder is None:
                raise GitError("not in a git repository", "history-no-repository")
            opened.append((Repository.open(run, holder), members))
        except GitError as error:
            notices.append(_notice(error, members))
    return opened, notices


def _history(services: Sequence[Service], surveys: Sequence[Survey], until: int, settings: HistorySettings) -> History:
    sizes: dict[Owner, int] = {}
    for found in surveys:
        for owner, lines in found.sizes.items():
            sizes[owner] = sizes.get(owner, 0) + lines
    offered = _offered(services)
    rates = change_rates((t for found in surveys for t in found.touches), sizes, until, settings.half_life_days)
    return History(
        available=True,
        since=min((found.oldest for found in surveys if found.oldest is not None), default=until),
        until=until,
        half_life_days=settings.half_life_days,
        services=tuple(_service(service, rates, surveys, offered) for service in sorted({s.id for s in services})),
    )


def _offered(services: Sequence[Service]) -> dict[str, frozenset[str]]:
    """The gRPC services that each service offers."""
    return {s.id: frozenset(o.path.rpartition("/")[0] for o in s.operations if o.method == "RPC") for s in services}


def _service(
    service: str, rates: Mapping[Owner, ChangeRate], surveys: Sequence[Survey], offered: Mapping[str, frozenset[str]]
) -> ServiceHistory:
    """`offered`: one file may define gRPC services of several; a change in one of them is not the others'."""
    foreign = frozenset().union(*offered.values()) - offered[service]
    breaking = {
        change
        for found in surveys
        for owner, change in found.breaking
        if owner == service and change.operation.rpartition("/")[0] not in foreign
    }
    return ServiceHistory(
        service,
        code=rates.get(Owner(service, Part.CODE)),
        interface=rates.get(Owner(service, Part.INTERFACE)),
        breaking=tuple(sorted(breaking)),
    )


def _unavailable(settings: HistorySettings, reason: str) -> History:
    return History(reason=reason, half_life_days=settings.half_life_days)


def _notice(error: GitError, places: Sequence[Place]) -> Notice:
    expected = error.slug in ("history-no-repository", "history-empty")
    severity = Severity.INFO if expected else Severity.WARNING
    return Notice(severity, error.slug, f"no change history: {error}", Where(min(place.shown for place in places)))
