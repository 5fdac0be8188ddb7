"""What one repository says of the services in it: touches, sizes and breaking changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from topoplan.config import HistorySettings
from topoplan.history.churn import Touch
from topoplan.history.classify import Classifier
from topoplan.history.git import GitError
from topoplan.history.log import Commit
from topoplan.history.ownership import Owner, Ownership, Part
from topoplan.history.places import Place
from topoplan.history.repository import Repository
from topoplan.history.specs import ReadInterface, Revision, breaking_changes, newest
from topoplan.model.change import BreakingChange
from topoplan.model.facts import Notice, Severity
from topoplan.model.place import Where

_MAX_PATHS = 500
"""More paths than this are not handed to git, which then tells of every file: the same result, more slowly."""


class Survey(Struct):
    """What was found. `oldest` is the time of the oldest commit read, None when there was none in the period."""

    touches: list[tuple[Owner, Touch]] = field(default_factory=list)
    sizes: dict[Owner, int] = field(default_factory=dict)
    breaking: list[tuple[str, BreakingChange]] = field(default_factory=list)
    """Service and change."""
    oldest: int | None = None
    notices: list[Notice] = field(default_factory=list)


def survey(
    repository: Repository, places: Sequence[Place], since: int, settings: HistorySettings, read: ReadInterface
) -> Survey:
    """Read one repository from `since` (Unix seconds) on. Raises GitError when not even its log can be read; whatever
    else fails is a notice and its figures are missing."""
    return _Surveyor(repository, places, Classifier(settings.bots, settings.fix_words), read).survey(since)


class _Surveyor:
    def __init__(
        self, repository: Repository, places: Sequence[Place], classifier: Classifier, read: ReadInterface
    ) -> None:
        self._repository = repository
        self._classifier = classifier
        self._read = read
        self._where = Where(min(place.shown for place in places))
        folders, self._specs = (_by_path(repository, places, part) for part in Part)
        self._shown = {_below(repository, p): p.shown for p in places if p.part is Part.INTERFACE}
        self._ownership = Ownership(folders, self._specs)
        self._paths = _topmost((*folders, *self._specs))
        self._found = Survey()

    def survey(self, since: int) -> Survey:
        if self._repository.shallow:
            self._tell("history-shallow", "a shallow clone: changes before its first commit are not counted")
        revisions = self._read_log(since)
        self._read_sizes()
        self._read_specs(revisions)
        return self._found

    def _read_log(self, since: int) -> list[Revision]:
        if self._repository.partial:
            self._tell("history-shallow", "a partial clone: commits are counted, changed lines and old specs are not")
            return self._collect(self._repository.commits(since, self._paths, counts=False))
        try:
            return self._collect(self._repository.commits(since, self._paths, counts=True))
        except GitError as error:
            if error.slug == "history-shallow":
                raise
            # Counting lines reads every version of every file; the log alone may still be had.
            revisions = self._collect(self._repository.commits(since, self._paths, counts=False))
            self._tell("history-lines", f"commits are counted but changed lines are not: {error}")
            return revisions

    def _collect(self, commits: Iterator[Commit]) -> list[Revision]:
        touches: list[tuple[Owner, Touch]] = []
        revisions: list[Revision] = []
        oldest: int | None = None
        for commit in commits:
            oldest = commit.time if oldest is None else min(oldest, commit.time)
            revisions.extend(self._revisions(commit))
            if not self._classifier.is_bot(commit):
                touches.extend(self._touches(commit))
        if self._repository.shallow and not (touches or revisions):
            raise GitError("a shallow clone without a change of these files", "history-shallow")
        self._found.touches, self._found.oldest = touches, oldest
        return revisions

    def _touches(self, commit: Commit) -> Iterator[tuple[Owner, Touch]]:
        lines: dict[Owner, int] = {}
        for change in commit.files:
            if change.lines is not None:
                for owner in self._ownership.of(change.path):
                    lines[owner] = lines.get(owner, 0) + change.lines
        if lines:
            author = (commit.email or commit.author).strip().lower()
            fix = self._classifier.is_fix(commit)
            for owner, count in lines.items():
                yield owner, Touch(commit.time, author, fix, count)

    def _revisions(self, commit: Commit) -> Iterator[Revision]:
        for change in commit.files:
            if change.path in self._specs and change.before and change.after:
                shown = self._shown[change.path]
                yield Revision(shown, commit.time, commit.id, change.before, change.after)

    def _read_sizes(self) -> None:
        try:
            for path, lines in self._repository.sizes(self._paths):
                for owner in self._ownership.of(path):
                    self._found.sizes[owner] = self._found.sizes.get(owner, 0) + lines
        except GitError as error:
            self._found.sizes.clear()
            self._tell("history-lines", f"sizes are unknown, so relative churn is too: {error}")

    def _read_specs(self, revisions: Sequence[Revision]) -> None:
        if self._repository.partial or not revisions:
            return
        kept = newest(revisions)
        try:
            changes = breaking_changes(self._repository, kept, self._read)
        except GitError as error:
            self._tell("history-specs", f"older versions of the specifications cannot be read: {error}")
            return
        for path, services in self._specs.items():
            for change in changes.get(self._shown[path], ()):
                self._found.breaking.extend((service, change) for service in services)

    def _tell(self, slug: str, message: str) -> None:
        self._found.notices.append(Notice(Severity.WARNING, slug, message, self._where))


def _by_path(repository: Repository, places: Sequence[Place], part: Part) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for place in places:
        if place.part is part:
            path = _below(repository, place)
            found[path] = found.get(path, frozenset()) | {place.service}
    return found


def _below(repository: Repository, place: Place) -> str:
    path = place.real.relative_to(repository.top).as_posix()
    return "" if path == "." else path


def _topmost(paths: Sequence[str]) -> tuple[str, ...]:
    """The paths that lie in no other, sorted; none when they are everything or too many to hand over."""
    kept: list[str] = []
    for path in sorted(set(paths), key=lambda p: p.split("/")):
        if not path:
            return ()
        if not (kept and path.startswith(f"{kept[-1]}/")):
            kept.append(path)
    return tuple(kept) if len(kept) <= _MAX_PATHS else ()
