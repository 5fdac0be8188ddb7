"""What the application host of .NET Aspire says of its resources."""

from __future__ import annotations

from topoplan.importing.contract import Imported
from topoplan.model.facts import CallFact, NodeKind, ServiceFact, Style
from topoplan.model.place import Confidence

HOST = """
var builder = DistributedApplication.CreateBuilder(args);
{statements}
builder.Build().Run();
"""


def host(statements: str) -> str:
    return HOST.format(statements=statements)


def calls(imported: Imported) -> dict[tuple[str, str], Confidence]:
    found = [fact for fact in imported.facts if isinstance(fact, CallFact)]
    return {(fact.consumer.name, fact.provider.name): fact.evidence.confidence for fact in found}


def services(imported: Imported) -> dict[str, ServiceFact]:
    return {fact.party.name: fact for fact in imported.facts if isinstance(fact, ServiceFact)}


def test_references_are_dependencies_and_waiting_is_none(read):
    code = host("""
        var cache = builder.AddRedis("cache");
        var stock = builder.AddProject<Projects.Stock>("stock").WithReference(cache).WaitFor(cache);
        builder.AddProject<Projects.Shop>("shop")
            .WithReference(stock)
            .WaitFor(cache);
    """)
    imported = read({"host/Program.cs": code})
    assert calls(imported) == {("stock", "cache"): Confidence.HIGH, ("shop", "stock"): Confidence.HIGH}


def test_a_database_counts_as_its_server(read):
    code = host("""
        var server = builder.AddPostgres("server").WithImageTag("latest");
        var orders = server.AddDatabase("orders-data");
        builder.AddProject<Projects.Orders>("orders").WithReference(orders);
    """)
    imported = read({"host/Program.cs": code})
    server = services(imported)["server"]
    assert (server.party.kind, server.party.technology) == (NodeKind.DATASTORE, "postgresql")
    assert server.aliases == ("orders-data",)
    (call,) = [fact for fact in imported.facts if isinstance(fact, CallFact)]
    assert (call.provider.name, call.style, call.protocol) == ("server", Style.RESOURCE, "postgresql")


def test_an_endpoint_in_a_variable_or_an_environment_is_a_dependency(read):
    code = host("""
        var login = builder.AddProject<Projects.Login>("login");
        var endpoint = login.GetEndpoint("https");
        var shop = builder.AddProject<Projects.Shop>("shop").WithEnvironment("Login__Url", endpoint);
        login.WithEnvironment("ShopClient", shop.GetEndpoint("https"));
        shop.WithEnvironment("CORS_ORIGINS", login.GetEndpoint("https"));
    """)
    assert calls(read({"host/Program.cs": code})) == {
        ("shop", "login"): Confidence.MEDIUM,
        ("login", "shop"): Confidence.LOW,
    }


def test_a_proxy_calls_what_any_of_its_routes_is_given(read):
    code = host("""
        var stock = builder.AddProject<Projects.Stock>("stock");
        var orders = builder.AddProject<Projects.Orders>("orders");
        builder.AddYarp("entry").WithRoutes(orders).WithConfiguration(y => { y.AddRoute("/s", stock); });
    """)
    imported = read({"host/Program.cs": code})
    assert set(calls(imported)) == {("entry", "orders"), ("entry", "stock")}
    assert services(imported)["entry"].party.kind is NodeKind.GATEWAY


def test_programs_are_found_where_their_projects_lie(read):
    code = host("""
        builder.AddProject<Projects.Stock_Api>("stock");
        builder.AddProject("orders", "../orders/Orders.csproj");
        builder.AddNpmApp("pages", "../web");
        builder.AddContainer("search", "elasticsearch");
        builder.AddAzureStorage("files");
    """)
    project = '<Project><ItemGroup><ProjectReference Include="..\\\\back\\\\Stock.Api.csproj" /></ItemGroup></Project>'
    imported = read({"host/Program.cs": code, "host/Host.csproj": project.replace("\\\\", "\\")})
    assert {name: fact.folder for name, fact in services(imported).items()} == {
        "stock": "back",
        "orders": "orders",
        "pages": "web",
        "search": "",
        "files": "",
    }
    assert services(imported)["search"].party.technology == "elasticsearch"
    assert services(imported)["files"].party.technology == "azurite"


def test_what_is_no_resource_makes_none(read):
    code = host("""
        builder.AddParameter("key");
        builder.Services.AddProject("no");
        other.AddProject("neither");
        if (args.Length > 0) { builder.AddProject<Projects.Late>("late"); }
    """)
    assert list(services(read({"host/Program.cs": code}))) == ["late"]


def test_unclosed_brackets_end_with_the_file(read):
    code = 'var b = DistributedApplication.CreateBuilder(args); b.AddProject("a"' + ".WithReference((" * 2000 + ";"
    assert services(read({"host/Program.cs": code})) == {}


def test_very_many_resources_are_read_in_time(read):
    lines = [
        f'var v{n} = b.AddRedis("r{n}").WithReference(v{n - 1}).WithEnvironment("A_URL", v0);' for n in range(5000)
    ]
    code = "var b = DistributedApplication.CreateBuilder(args);\n" + "\n".join(lines)
    assert len(services(read({"host/Program.cs": code}))) == 1999
