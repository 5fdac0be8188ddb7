import pytest

from topoplan.graph.names import is_public_host
from topoplan_importers.hosts import is_ip, is_loopback, is_placeholder, is_public, is_this_machine


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("api.stripe.com", True),
        ("eu.acme.io", True),
        ("x.gov.uk", True),
        ("docker.elastic.co", True),
        ("test.salesforce.com", True),
        ("shop.bank.pharmacy", True),
        ("orders", False),
        ("ratings.shop", False),
        ("orders.shop.svc.cluster.local", False),
        ("orders.shop.svc", False),
        ("host.docker.internal", False),
        ("x.internal", False),
        ("10.0.0.1", False),
        ("x.test", False),
        ("a_b.acme.com", False),
        ("", False),
    ],
)
def test_public_hosts(host: str, public: bool) -> None:
    assert is_public(host) is public
    assert is_public_host(host) is public, "the graph must see what importers see"


@pytest.mark.parametrize("name", ["application.yml", "run.app.sh", "ca.crt"])
def test_names_of_files_are_no_public_hosts(name: str) -> None:
    assert not is_public(name)


@pytest.mark.parametrize(
    "host",
    ["example.com", "api.example.org", "www.w3.org", "your-domain.com", "schemas.xmlsoap.org", "petstore.swagger.io",
     "shop.test", "host", "hostname"],
)  # fmt: skip
def test_placeholders(host: str) -> None:
    assert is_placeholder(host)


@pytest.mark.parametrize("host", ["mybank.com", "hostess", "test-orders", "orders"])
def test_names_that_are_meant(host: str) -> None:
    assert not is_placeholder(host)


def test_this_machine_is_not_the_one_around_it() -> None:
    for host in ("localhost", "shop.localhost", "127.0.1.1", "::1"):
        assert is_this_machine(host)
        assert is_loopback(host)
    assert is_loopback("host.docker.internal")
    assert not is_this_machine("host.docker.internal")
    assert not is_loopback("orders")


@pytest.mark.parametrize("host", ["10.0.0.7", "::1", "fe80::1", "ip-10-0-0-1.ec2.internal", "10-244-0-7.shop.pod"])
def test_addresses(host: str) -> None:
    assert is_ip(host)


@pytest.mark.parametrize("host", ["orders", "orders-1", "v1.2.acme.com", "a:b"])
def test_names_are_no_addresses(host: str) -> None:
    assert not is_ip(host)
