"""Which hosts source code names, in many languages, and what is none."""

from __future__ import annotations

import pytest

from topoplan.importing.contract import Imported, ImportOptions
from topoplan.model.facts import CallFact, NodeKind, SourceState
from topoplan_importers.source.selection import shared_folder


def named(imported: Imported) -> dict[str, tuple[str, str]]:
    """Rule and confidence by provider."""
    calls = [fact for fact in imported.facts if isinstance(fact, CallFact)]
    return {f.provider.name: (f.evidence.rule, str(f.evidence.confidence)) for f in calls}


@pytest.mark.parametrize(
    ("name", "line", "expected"),
    [
        ("A.java", 'rest.getForObject("http://orders:8080/api/" + id, T.class);', {"orders": ("url", "high")}),
        ("a.js", "const u = 'ws://chat/socket'", {"chat": ("url", "high")}),
        ("a.js", "fetch(`http://users/${id}`)", {"users": ("url", "high")}),
        ("a.js", 'x = util.format("http://catalogue%s/tags", domain)', {"catalogue": ("url", "medium")}),
        ("A.java", 'URI.create("lb://stock-service")', {"stock-service": ("url", "high")}),
        ("a.go", 'conn, err := grpc.Dial("rates:7000")', {"rates": ("host-port", "high")}),
        ("a.go", 'conn, err := grpc.NewClient("rates")', {"rates": ("client-call", "medium")}),
        ("a.py", "CART = os.getenv('CART_HOST', 'cart')", {"cart": ("setting-default", "medium")}),
        ("a.py", "A = os.environ.get('ADDR', 'ads:9555')", {"ads": ("setting-default", "high")}),
        ("a.js", "const h = process.env.USER_HOST || 'user'", {"user": ("setting-default", "medium")}),
        ("a.php", "$u = getenv('RATES_URL') ?: 'http://rates:80';", {"rates": ("setting-default", "high")}),
        ("A.cs", 'var u = config["StockUrl"] ?? "http://stock";', {"stock": ("setting-default", "high")}),
        ("A.java", '@Value("${pay.url:http://pay:1000}") String u;', {"pay": ("setting-default", "high")}),
        ("A.java", '@FeignClient(name = "account-service")', {"account-service": ("client-annotation", "high")}),
        ("A.java", '@FeignClient("users")', {"users": ("client-annotation", "high")}),
        ("A.java", '@FeignClient(name = "x", url = "http://rates:1/api")', {"rates": ("client-annotation", "high")}),
        (
            "A.java",
            '@FeignClient(name = "users", url = "http://localhost:8811")',
            {"users": ("client-annotation", "high")},
        ),
        ("A.java", '@FeignClient(name = "users", url = "${users.url}")', {"users": ("client-annotation", "high")}),
        ("A.java", '@GrpcClient("locations") Stub s;', {"locations": ("client-annotation", "medium")}),
        ("A.java", 'client.getInstances("users")', {"users": ("client-call", "medium")}),
        ("A.cs", 'c.InvokeMethodAsync(HttpMethod.Post, "cart", "add");', {"cart": ("client-call", "medium")}),
        ("a.js", "post('/v1.0/invoke/Orders.prod/method/list')", {"orders": ("dapr-invoke", "high")}),
        ("a.py", "get(f'http://localhost:{p}/v1.0/invoke/orders/method/{m}')", {"orders": ("dapr-invoke", "high")}),
        ("a.js", "const o = 'orders'; f({'dapr-app-id': `${o}`})", {"orders": ("dapr-invoke", "high")}),
        ("a.py", "APP = 'orders'; f({'dapr-app-id': APP})", {"orders": ("dapr-invoke", "high")}),
        ("a.py", "H = 'ads' if (os.environ.get('H_HOST') is None) else x", {"ads": ("setting-default", "medium")}),
        ("a.js", "u = process.env.A_URL ? process.env.A_URL : 'http://ads'", {"ads": ("setting-default", "high")}),
        ("a.go", 'req.Header.Add("dapr-app-id", "orders")', {"orders": ("dapr-invoke", "high")}),
        ("a.js", "const headers = {'dapr-app-id': 'orders'}", {"orders": ("dapr-invoke", "high")}),
        ("A.java", 'Channel.forAddress("ads", 9555)', {"ads": ("client-call", "medium")}),
        ("a.lua", 'local c = Pool:connection(C, "users" .. suffix, 9090)', {"users": ("client-call", "medium")}),
        ("a.cpp", 'auto a = config["users"]["addr"];', {"users": ("configuration-section", "medium")}),
        ("A.java", 'new Uri(new Hostname("payment"), path)', {"payment": ("client-call", "medium")}),
        ("a.rb", 'Client.new(host: "ledger")', {"ledger": ("host-key", "medium")}),
        ("a.py", "client.request('order-history', 1)", {"order-history": ("name-literal", "medium")}),
        ("a.py", "start('order-history', client)", {"order-history": ("name-literal", "low")}),
        ("a.py", "requests.get('https://api.rates.io/latest')", {"api.rates.io": ("url", "medium")}),
        ("a.py", "U = os.getenv('PAY_GATEWAY', 'https://paypal.com/')", {"paypal.com": ("setting-default", "medium")}),
    ],
)
def test_a_line_names_a_host(read, name, line, expected):
    assert named(read({name: line + "\n"})) == expected


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.js", "// fetch('http://orders')"),
        ("a.py", "# see http://orders"),
        ("A.java", "/* http://orders:80 */ int x;"),
        ("a.lua", "--[[ http://orders ]] local x"),
        ("a.py", "log.info('calling http://orders')"),
        ("a.py", "print('http://orders')"),
        ("A.java", 'throw new Error("http://orders is down");'),
        ("a.js", "x = 'http://localhost:80', y = 'http://127.0.0.1'"),
        ("a.py", "u = 'http://example.com/x'"),
        ("a.py", "ns = 'http://www.w3.org/2001/XMLSchema'"),
        ("a.jsx", "const a = <a href='http://orders/x'>x</a>"),
        ("a.js", "link.href = 'https://api.docs.com'"),
        ("a.py", "u = 'https://fonts.googleapis.com/css'"),
        ("a.js", "import x from 'order-history'"),
        ("a.js", "const x = require('http-proxy:8080')"),
        ("a.py", "t = '10:30'; v = 'redis:7'"),
        ("a.py", "where = 'main.go:420'"),
        ("A.java", '@CrossOrigin(origins = "http://shop:80")'),
        ("a.py", "ALLOWED_ORIGINS = 'http://shop:80'"),
        ("a.py", "u = 'http://{host}/x'.format(host=h)"),
        ("a.js", "p = 'http://' + unknown"),
        ("a.py", "os.getenv('LOG_LEVEL', 'orders')"),
        ("A.java", 'clients.withClient("account-service")' + "\n" + 'x("a b")'),
    ],
)
def test_a_line_names_nobody(read, name, line):
    assert {n: said for n, said in named(read({name: line + "\n"})).items() if said[1] != "low"} == {}


def test_a_constant_is_resolved_in_its_file_and_folder(read):
    files = {
        "svc/package.json": "{}",
        "svc/a.js": "const HOST = 'orders'\nfetch('http://' + HOST + '/x')\nfetch('http://' + names.STOCK)\n",
        "svc/names.js": "exports.STOCK = 'stock'\n",
        "other/names.js": "exports.STOCK = 'wrong'\n",
    }
    assert named(read(files)) == {"orders": ("url", "medium"), "stock": ("url", "medium")}


def test_the_consumer_is_the_file_and_the_place_is_a_line(read):
    (fact,) = read({"shop/a.py": "# one\nx = 1\nget('http://orders')\n"}).facts
    assert (fact.consumer.path, fact.consumer.name) == ("shop/a.py", "")
    assert str(fact.evidence.where) == "shop/a.py:3"


def test_a_public_interface_is_external(read):
    (fact,) = read({"a.py": "get('https://api.stripe.com/v1')\n"}).facts
    assert fact.provider.kind is NodeKind.EXTERNAL


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("tests/a.py", "is a test"),
        ("src/test/java/A.java", "is a test"),
        ("src/OrderTest.java", "is a test"),
        ("Shop.UnitTests/A.cs", "is a test"),
        ("a.spec.ts", "is a test"),
        ("x/a_test.go", "is a test"),
        ("docs/a.py", "is documentation or an example"),
        ("gen-cpp/a.cpp", "is generated"),
        ("a.pb.go", "is generated"),
        ("vendor/a.go", "is a copy of somebody else's code"),
        ("jquery.min.js", "is generated"),
        ("vite.config.ts", "configures a build"),
    ],
)
def test_other_than_running_code_is_skipped(read, path, reason):
    imported = read({path: "x = 'http://orders:80'\n", "main.py": "x = 1\n"})
    assert imported.facts == ()
    assert {s.path: (s.state, s.reason) for s in imported.sources}[path] == (SourceState.SKIPPED, reason)


@pytest.mark.parametrize("line", ["// a database with an auto-generated password", "// keys are generated"])
def test_what_speaks_of_generating_something_else_is_not_generated(read, line):
    assert named(read({"a.js": line + "\nfetch('http://orders')\n"})) == {"orders": ("url", "high")}


@pytest.mark.parametrize(
    "head",
    [
        "// Code generated by protoc. DO NOT EDIT.\n",
        "// <auto-generated/>\n",
        "// AUTO-GENERATED\n",
        "x = '" + "a" * 3000 + "'\n",
    ],
)
def test_generated_and_minified_content_is_skipped(read, head):
    assert read({"a.js": head + "fetch('http://orders')\n"}).facts == ()


def test_the_analysed_folders_own_name_says_nothing(read):
    imported = read({"examples/shop/a.py": "x = 'http://orders'\n", "examples/shop/b.py": "x = 'http://users'\n"})
    assert set(named(imported)) == {"orders", "users"}


def test_roots_given_as_absolute_and_relative_paths_share_no_folder():
    assert shared_folder(["/tests/shop/a.py", "shop/b.py"]) == ""
    assert shared_folder(["/tests/shop/a.py", "/tests/shop/x/b.py"]) == "/tests/shop"


def test_nothing_is_read_when_switched_off(read):
    imported = read({"a.py": "x = 'http://orders'\n"}, ImportOptions(read_source=False))
    assert imported.facts == ()
    assert [(s.state, s.reason) for s in imported.sources] == [
        (SourceState.SKIPPED, "source code is not read, as asked")
    ]


@pytest.mark.parametrize("folder", ["it/shop", "org/shop/samples", "com/shop/test"])
def test_words_of_packages_do_not_make_code_a_test_or_an_example(read, folder):
    code = {f"web/src/main/java/{folder}/A.java": 'get("http://orders:80/");', "B.java": "class B {}"}
    assert named(read(code)) == {"orders": ("url", "high")}
    aside = {f"{folder}/src/main/java/A.java": 'get("http://users:80/");'}
    assert named(read(aside)) == {"orders": ("url", "high")}
