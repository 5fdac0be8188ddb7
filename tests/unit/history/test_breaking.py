"""Which differences between two versions of an interface break a consumer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topoplan.history.breaking import breaks
from topoplan.model.change import BreakKind
from topoplan.model.operation import Field, FieldPlace, Operation, Outcome


def operation(*fields: Field, method: str = "GET", path: str = "/a", statuses: str = "200") -> Operation:
    return Operation(method, path, outcomes=tuple(map(Outcome, statuses.split())), fields=fields)


def response(name: str, kind: str = "", fmt: str = "") -> Field:
    return Field(FieldPlace.RESPONSE, name, kind, fmt)


def request(name: str, kind: str = "", required: bool = False) -> Field:
    return Field(FieldPlace.REQUEST, name, kind, required=required)


def between(before: Operation, after: Operation) -> list[tuple[BreakKind, str]]:
    return [(b.kind, b.detail) for b in breaks([before], [after])]


def test_removed_path_is_told_once_for_all_its_methods():
    before = [operation(), operation(method="POST"), operation(path="/b")]
    assert breaks(before, [operation(path="/b")]) == ((BreakKind.PATH_REMOVED, "/a", ""),)


def test_removed_method():
    assert breaks([operation(), operation(method="POST")], [operation()]) == (
        (BreakKind.METHOD_REMOVED, "POST /a", "POST"),
    )


def test_renamed_path_variable_breaks_nothing():
    assert breaks([operation(path="/users/{id}")], [operation(path="/users/{userId}")]) == ()


def test_removed_response():
    assert between(operation(statuses="200 404"), operation(statuses="200")) == [(BreakKind.RESPONSE_REMOVED, "404")]


@pytest.mark.parametrize("statuses", ["200 4XX", "200 4xx", "200 default"])
def test_response_covered_by_a_range_is_not_removed(statuses):
    assert between(operation(statuses="200 404"), operation(statuses=statuses)) == []


def test_removed_response_field_is_told_without_its_members():
    before = operation(response("items[]"), response("items[].id"), response("items[].price.cents"), response("n"))
    assert between(before, operation(response("n"))) == [(BreakKind.FIELD_REMOVED, "items[]")]


def test_removed_request_field_breaks_nothing():
    assert between(operation(request("a")), operation()) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (response("a", "string"), response("a", "integer"), "response a: string to integer"),
        (response("a", "string", "date"), response("a", "string", "date-time"), "response a: date to date-time"),
        (response("a", "integer"), response("a", "number"), "response a: integer to number"),
        (request("a", "number"), request("a", "integer"), "request a: number to integer"),
        (response("a", "number"), response("a", "integer"), None),
        (request("a", "integer"), request("a", "number"), None),
        (response("a"), response("a", "integer"), None),
        (response("a", "string"), response("a", "string", "uuid"), None),
    ],
)
def test_types(before, after, expected):
    found = between(operation(before), operation(after))
    assert found == ([(BreakKind.TYPE_CHANGED, expected)] if expected else [])


@pytest.mark.parametrize("place", [FieldPlace.QUERY, FieldPlace.HEADER, FieldPlace.COOKIE, FieldPlace.REQUEST])
def test_newly_required_parameter(place):
    new = operation(Field(place, "X-A", required=True))
    optional = operation(Field(place, "X-A"))
    (found,) = between(operation(), new)
    assert found[0] is BreakKind.PARAMETER_REQUIRED
    assert between(optional, new) == [found]
    assert between(new, new) == []
    assert between(new, optional) == []
    assert between(operation(), optional) == []


def test_required_member_of_a_new_optional_object_breaks_nothing():
    assert between(operation(), operation(request("a"), request("a.b", required=True))) == []


def test_required_member_of_a_known_optional_object_breaks_who_sends_it():
    found = between(operation(request("a")), operation(request("a"), request("a.b", required=True)))
    assert found == [(BreakKind.PARAMETER_REQUIRED, "request a.b")]


def test_header_names_have_no_case():
    assert (
        between(
            operation(Field(FieldPlace.HEADER, "X-Id", required=True)),
            operation(Field(FieldPlace.HEADER, "x-id", required=True)),
        )
        == []
    )


def test_message_loses_a_field_its_receivers_read():
    before = operation(request("total", required=True), method="PUBLISH", path="orders", statuses="delivered")
    after = operation(request("sum", required=True), method="PUBLISH", path="orders", statuses="delivered")
    assert between(before, after) == [(BreakKind.FIELD_REMOVED, "total")]


names = st.sampled_from(["a", "a[]", "a[].b", "a.b", "c"])
fields = st.lists(
    st.builds(
        Field,
        place=st.sampled_from(FieldPlace),
        name=names,
        type=st.sampled_from(["", "string", "integer"]),
        required=st.booleans(),
    ),
    max_size=6,
)
interfaces = st.lists(
    st.builds(
        lambda method, path, statuses, some: operation(*some, method=method, path=path, statuses=statuses),
        st.sampled_from(["GET", "POST", "PUBLISH"]),
        st.sampled_from(["/a", "/a/{x}"]),
        st.sampled_from(["200", "200 404", "default"]),
        fields,
    ),
    max_size=4,
    unique_by=lambda o: o.id,
)


@given(interfaces)
def test_nothing_breaks_between_equal_versions(some):
    assert breaks(some, some) == ()


@given(interfaces, interfaces)
def test_adding_operations_breaks_nothing(some, more):
    known = {o.id for o in some}
    assert breaks(some, some + [o for o in more if o.id not in known]) == ()


@given(interfaces, interfaces, st.randoms())
def test_order_does_not_matter(before, after, random):
    expected = breaks(before, after)
    random.shuffle(before)
    random.shuffle(after)
    assert breaks(before, after) == expected
