"""A system too large for one picture: an overview by group, and a picture of each group with its surroundings."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from topoplan.graph import Group, GroupBasis, groups
from topoplan.graph.groups import split
from topoplan.model.coverage import State
from topoplan.model.facts import NodeKind
from topoplan.model.phrases import counted
from topoplan.model.report import Report
from topoplan.reporting.drawing import Arrow, Drawing, Mark, Node, draw, label

LARGEST = 80
"""Most nodes of a picture that a person can read on a slide."""

MOST_GROUPS, MOST_AROUND, MOST_ARROWS = 40, 20, 150
"""Of groups in an overview, of other groups on a page, and of arrows, as far as can be: beyond, the smallest groups are
shown as one."""

_FEWEST_GROUPS = 8
_UNFIT = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 60


class Page(Struct, frozen=True):
    """The picture of one group. `slug` is safe as a part of a file name, and no other page has it."""

    slug: str
    title: str
    drawing: Drawing


class Atlas(Struct, frozen=True):
    """`pages` is empty where one picture shows everything."""

    overview: Drawing
    pages: tuple[Page, ...] = ()


def is_large(report: Report, largest: int) -> bool:
    """Whether one picture cannot show everything, what is gone included."""
    gone = report.changes.services_removed if report.changes else ()
    return len(report.topology.services) + len(gone) > largest


def atlas(
    report: Report, *, largest: int = LARGEST, by_domain: bool = False, folder: str = "", suffix: str = ""
) -> Atlas:
    """All pictures of a report: one of up to `largest` nodes; else an overview, and pages by group. `by_domain` is for
    `groups`. With a `folder`, a relative address, nodes of the overview link to their page there."""
    whole = draw(report, by_domain=by_domain)
    if not is_large(report, largest):
        return Atlas(whole)
    found = list(groups(report.topology, by_domain=by_domain))
    if gone := tuple(node.service for node in whole.nodes if node.mark is Mark.GONE):
        found.append(Group("gone", GroupBasis.ALONE, gone))
    parts = [(group, part) for group in found for part in split(report.topology, group, max(largest, 1))]
    slugs = _slugs(part.name for _, part in parts)
    links = {
        group: f"{folder}/{slug}{suffix}" for (group, _), slug in reversed([*zip(parts, slugs, strict=True)]) if folder
    }
    places = _Places(whole, [part for _, part in parts])
    pages = [Page(slug, label(part.name), _page(places, part)) for slug, (_, part) in zip(slugs, parts, strict=True)]
    gaps = Counter(gap.boundary for gap in report.gaps.open)
    return Atlas(_overview(whole, found, gaps, links), tuple(pages))


def _overview(whole: Drawing, found: list[Group], gaps: Mapping[str, int], links: Mapping[Group, str]) -> Drawing:
    """A node for each group, an arrow for all boundaries of one kind between two. The smallest groups become one until
    the arrows are few enough to be followed."""
    most = min(MOST_GROUPS, len(found))
    while True:
        shown = _merged(found, most)
        drawing = _folded(whole, whole.arrows, _homes(whole, shown))
        if len(drawing.arrows) <= MOST_ARROWS or len(shown) <= _FEWEST_GROUPS:
            break
        most = max(len(shown) * 3 // 4, _FEWEST_GROUPS)
    nodes = [_group_node(f"g{number}", group, whole, gaps, links) for number, group in enumerate(shown, 1)]
    told = f"overview: {counted(len(whole.nodes), 'node')} in {counted(len(found), 'group')}"
    return replace(drawing, nodes=tuple(nodes), remark=", ".join(filter(None, (told, whole.remark))))


def _merged(found: list[Group], most: int) -> list[Group]:
    if len(found) <= most:
        return found
    order = sorted(found, key=lambda group: (-len(group.members), group.basis, group.name))
    kept = set(order[: most - 1])
    small = [group for group in found if group not in kept]
    members = tuple(sorted(member for group in small for member in group.members))
    rest = Group(counted(len(small), "smaller group" if kept else "other group"), GroupBasis.ALONE, members)
    return [*(group for group in found if group in kept), rest]


class _Places:
    """Where everything of the whole drawing lies, so that the page of a group costs no walk over the others."""

    def __init__(self, whole: Drawing, found: Sequence[Group]) -> None:
        self.whole = whole
        self.found = found
        self.groups = {member: number for number, group in enumerate(found) for member in group.members}
        self.nodes = {node.service: number for number, node in enumerate(whole.nodes)}
        self.services = {node.id: node.service for node in whole.nodes}
        self.arrows: dict[str, list[int]] = defaultdict(list)
        for number, arrow in enumerate(whole.arrows):
            self.arrows[arrow.tail].append(number)
            self.arrows[arrow.head].append(number)


def _page(places: _Places, group: Group) -> Drawing:
    """The members of one group in full, and the other groups that they have boundaries with as pale nodes."""
    whole = places.whole
    inside = [whole.nodes[number] for number in sorted(places.nodes[member] for member in group.members)]
    own = {node.id: node.id for node in inside}
    arrows = [whole.arrows[number] for number in sorted({n for node in own for n in places.arrows[node]})]
    touched = {end: places.services[end] for arrow in arrows for end in (arrow.tail, arrow.head) if end not in own}
    near = [places.found[number] for number in sorted({places.groups[service] for service in touched.values()})]
    most = MOST_AROUND
    while True:
        others = _merged(near, most)
        shown = {member: f"g{number}" for number, other in enumerate(others, 1) for member in other.members}
        drawing = _folded(whole, arrows, own | {end: shown[service] for end, service in touched.items()})
        if len(drawing.arrows) <= MOST_ARROWS or most == 1:
            break
        most //= 2
    around = [
        Node(f"g{number}", "", None, label(other.name), (counted(len(other.members), "node"),), faint=True)
        for number, other in enumerate(others, 1)
    ]
    title = label(f"{whole.title}: {group.name}" if whole.title else group.name)
    return replace(drawing, title=title, nodes=(*inside, *around))


def _homes(whole: Drawing, shown: Iterable[Group]) -> dict[str, str]:
    """Which node of a group each node of the whole lies in."""
    homes = {member: f"g{number}" for number, group in enumerate(shown, 1) for member in group.members}
    return {node.id: homes[node.service] for node in whole.nodes}


def _folded(whole: Drawing, arrows: Iterable[Arrow], homes: Mapping[str, str]) -> Drawing:
    """These arrows between the homes of their ends: those between the same two are one, those within a group none."""
    between: dict[tuple[str, str], list[Arrow]] = defaultdict(list)
    single: list[Arrow] = []
    for arrow in arrows:
        tail, head = homes[arrow.tail], homes[arrow.head]
        if (tail, head) == (arrow.tail, arrow.head):
            single.append(arrow)
        elif tail != head:
            between[tail, head].append(arrow)
    bundles = [_bundle(f"b{number}", *ends, bundle) for number, (ends, bundle) in enumerate(between.items(), 1)]
    return replace(whole, nodes=(), arrows=(*single, *bundles), clusters=())


def _bundle(arrow_id: str, tail: str, head: str, arrows: list[Arrow]) -> Arrow:
    """As risky as the riskiest, in the state of the riskiest with a gap."""
    ordered = sorted(arrows, key=lambda arrow: -1 if arrow.score is None else arrow.score)
    states = [arrow.state for arrow in ordered if arrow.state is not None]
    gaps = [state for state in states if state is not State.COVERED]
    marks = {arrow.mark for arrow in arrows}
    new = sum(arrow.mark is Mark.NEW for arrow in arrows)
    told = ", ".join((counted(len(arrows), "boundary"), *((f"{new} new",) if new and len(marks) > 1 else ())))
    return Arrow(
        arrow_id,
        tail,
        head,
        told,
        told,
        message=all(arrow.message for arrow in arrows),
        state=(gaps or states or [None])[-1],
        score=ordered[-1].score,
        dashed=all(arrow.dashed for arrow in arrows),
        faint=all(arrow.faint for arrow in arrows),
        mark=marks.pop() if len(marks) == 1 else None,
        count=len(arrows),
    )


def _group_node(
    node_id: str, group: Group, whole: Drawing, gaps: Mapping[str, int], links: Mapping[Group, str]
) -> Node:
    """What a group holds; gaps and risk are of the boundaries by which its services depend on others."""
    inside = set(group.members)
    members = {node.id: node for node in whole.nodes if node.service in inside}
    held = Counter(node.kind for node in members.values())
    held[NodeKind.SERVICE] += held.pop(NodeKind.GATEWAY, 0)
    told = ", ".join(counted(held[kind], kind.value) for kind in NodeKind if held[kind])
    out = [arrow for arrow in whole.arrows if (arrow.head if arrow.message else arrow.tail) in members]
    open_gaps = counted(sum(gaps.get(arrow.title, 0) for arrow in out), "open gap") if whole.assessed else ""
    risk = max((arrow.score for arrow in out if arrow.score is not None), default=None)
    worst = "" if risk is None else f"risk up to {risk}"
    captions = tuple(filter(None, (told, ", ".join(filter(None, (open_gaps, worst))))))
    gone = all(node.mark is Mark.GONE for node in members.values())
    return Node(
        node_id,
        "",
        None,
        label(group.name),
        captions,
        faint=group.basis is GroupBasis.BESIDE,
        mark=Mark.GONE if gone else None,
        link=links.get(group, ""),
    )


def _slugs(names: Iterable[str]) -> list[str]:
    """`payments-team`: letters, digits and single hyphens, never empty or long; a number tells equal ones apart."""
    taken: set[str] = set()
    made = []
    for name in names:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        stem = _UNFIT.sub("-", plain)[:_LONGEST_SLUG].strip("-") or "group"
        slug, number = stem, 2
        while slug in taken:
            slug, number = f"{stem}-{number}", number + 1
        taken.add(slug)
        made.append(slug)
    return made
