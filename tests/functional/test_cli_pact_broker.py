"""`--pact-broker`: the shop's contracts asked of a live broker instead of read from files."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from recorded_server import Answer, Asked, serving
from running import ROOT, SHOP, topoplan

SAVED = SHOP / "pact-broker"
TOKEN = "a-token-that-must-not-show"
WITHOUT_FILES = ("--exclude=pact-broker/", "--fail-on=none", "-q")


def pairs() -> Iterator[tuple[str, str, Path]]:
    for path in sorted(SAVED.glob("*.json")):
        if not path.name.endswith(".result.json"):
            pact = json.loads(path.read_text("utf-8"))
            yield pact["consumer"]["name"], pact["provider"]["name"], path


def answers() -> dict[str, Answer]:
    """The documented resources of a broker that holds what the shop has saved of one."""
    listed = [{"_embedded": {"consumer": {"name": c}, "provider": {"name": p}}} for c, p, _ in pairs()]
    found = {"/pacts/latest": Answer(json.dumps({"pacts": listed}))}
    for consumer, provider, path in pairs():
        ends = f"/pacts/provider/{provider}/consumer/{consumer}"
        sha = json.loads(path.read_text("utf-8"))["_links"]["pb:pact-version"]["name"]
        found[f"{ends}/latest"] = Answer(path.read_bytes())
        result = path.with_suffix("").with_suffix(".result.json")
        found[f"{ends}/pact-version/{sha}/verification-results/latest"] = Answer(result.read_bytes())
    return found


@pytest.fixture
def broker() -> Iterator[tuple[str, list[Asked]]]:
    with serving(answers()) as served:
        yield served


def contract_states(*arguments: str, **environment: str) -> dict[tuple[str, str], str]:
    done = topoplan("gaps", SHOP.relative_to(ROOT), "-f", "json", *arguments, **environment)
    assert done.returncode == 0, done.stderr
    assert TOKEN not in done.stdout + done.stderr
    coverage = json.loads(done.stdout)["coverage"]
    return {
        (boundary["boundary"], operation["operation"]): operation["state"]
        for boundary in coverage["boundaries"]
        for technique in boundary["techniques"]
        if technique["technique"] == "contract"
        for operation in technique["operations"]
    }


def test_a_live_broker_tells_what_its_saved_answers_tell(broker: tuple[str, list[Asked]]) -> None:
    url, asked = broker
    saved = contract_states("--fail-on=none", "-q")
    assert contract_states(*WITHOUT_FILES) != saved, "without the broker something must be missing"
    assert contract_states(*WITHOUT_FILES, "--pact-broker", url, PACT_BROKER_TOKEN=TOKEN) == saved
    assert {(one.method, one.authorization) for one in asked} == {("GET", f"Bearer {TOKEN}")}


def test_analyze_and_explain_ask_it_too(broker: tuple[str, list[Asked]]) -> None:
    url, _ = broker
    shop = SHOP.relative_to(ROOT)
    told = topoplan("explain", "gateway", "user-service", shop, "--exclude=pact-broker/", "--pact-broker", url)
    assert (told.returncode, told.stderr) == (0, "")
    assert "user-service verified this content on 2026-01-05" in told.stdout
    assert "pact-broker/pact-gateway-user-service" in told.stdout, "the place names the broker, no temporary file"
    report = topoplan("analyze", shop, "--exclude=pact-broker/", "--pact-broker", url)
    assert "recommended tests" in report.stdout


def test_nobody_is_asked_without_the_option(broker: tuple[str, list[Asked]]) -> None:
    _, asked = broker
    contract_states(*WITHOUT_FILES, PACT_BROKER_TOKEN=TOKEN, PACT_BROKER_BASE_URL=broker[0])
    assert asked == []


def test_a_broker_that_does_not_answer_leaves_no_result() -> None:
    refused = {"/pacts/latest": Answer("no", 401)}
    with serving(refused) as (url, _):
        done = topoplan("gaps", SHOP.relative_to(ROOT), "--pact-broker", url, PACT_BROKER_TOKEN=TOKEN)
    assert (done.returncode, done.stdout) == (2, "")
    assert "[fetch-" in done.stderr
    assert TOKEN not in done.stderr


def test_an_empty_address_is_no_missing_option() -> None:
    done = topoplan("gaps", SHOP.relative_to(ROOT), "--pact-broker", "")
    assert (done.returncode, done.stdout) == (2, "")
    assert "[fetch-url]" in done.stderr
