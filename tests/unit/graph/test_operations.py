from topoplan.graph.operations import OperationIndex
from topoplan.model.operation import Operation


def index(*paths: str) -> OperationIndex:
    return OperationIndex([Operation("GET", path) for path in paths])


def found(of: OperationIndex, path: str, method: str = "GET") -> str | None:
    operation = of.find(method, path)
    return operation.path if operation else None


def test_a_concrete_path_finds_its_template() -> None:
    assert found(index("/users/{id}"), "/users/8") == "/users/{id}"


def test_a_template_finds_a_template_with_other_variable_names() -> None:
    assert found(index("/users/{userId}/orders"), "/users/{id}/orders") == "/users/{userId}/orders"


def test_the_most_specific_template_wins_whatever_the_order() -> None:
    templates = ("/users/{id}", "/users/me", "/{kind}/me")
    for paths in (templates, templates[::-1]):
        assert found(index(*paths), "/users/me") == "/users/me"
        assert found(index(*paths), "/users/8") == "/users/{id}"
        assert found(index(*paths), "/carts/me") == "/{kind}/me"


def test_a_placeholder_is_not_a_static_segment() -> None:
    assert found(index("/users/me"), "/users/{id}") is None


def test_method_and_length_must_fit() -> None:
    assert found(index("/users/{id}"), "/users/8", "PUT") is None
    assert found(index("/users/{id}"), "/users/8/orders") is None
    assert found(index("/users/{id}"), "/users/") is None


def test_an_rpc_is_found_under_another_qualification_if_only_one_fits() -> None:
    one = OperationIndex([Operation("RPC", "shop.Users/Get"), Operation("RPC", "shop.Users/List")])
    assert found(one, "grpc.shop.Users/Get", "RPC") == "shop.Users/Get"
    assert found(one, "Users/Get", "RPC") == "shop.Users/Get"
    assert found(one, "shop.Carts/Get", "RPC") is None
    two = OperationIndex([Operation("RPC", "v1.Users/Get"), Operation("RPC", "v2.Users/Get")])
    assert found(two, "Users/Get", "RPC") is None
    assert found(two, "v2.Users/Get", "RPC") == "v2.Users/Get"


def test_a_trailing_slash_is_no_segment() -> None:
    assert found(index("/users/"), "/users") == "/users/"


def test_a_variable_inside_a_segment_keeps_its_surroundings() -> None:
    assert found(index("/files/{name}.json"), "/files/a.json") == "/files/{name}.json"
    assert found(index("/files/{name}.json"), "/files/a.xml") is None


def test_a_message_without_a_channel_says_nothing_of_channels() -> None:
    assert not OperationIndex([Operation("MESSAGE", "shop.Order")]).speaks_of("PUBLISH")
    assert OperationIndex([Operation("PUBLISH", "orders")]).speaks_of("PUBLISH")
