"""`read_history` on real repositories: who is told what."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from topoplan.config import HistorySettings, ServiceSettings
from topoplan.history import GitCommand, read_history
from topoplan.model.change import BreakKind, ChangeRate, History, ServiceHistory
from topoplan.model.facts import NodeKind, Notice
from topoplan.model.operation import Operation
from topoplan.model.topology import Service

START = 1_700_000_000
DAY = 86_400


def service(name: str, *folders: str, specs: tuple[str, ...] = ()) -> Service:
    return Service(name, name, NodeKind.SERVICE, folders=folders, specs=specs)


def operations(_path: str, content: bytes) -> tuple[Operation, ...] | None:
    """A specification of the tests: a JSON list of `METHOD /path`."""
    try:
        return tuple(Operation(*line.split()) for line in json.loads(content))
    except ValueError:
        return None


def read(root: Path, *services: Service, **settings: Any) -> tuple[History, tuple[Notice, ...]]:
    return read_history(services, root.joinpath, HistorySettings(**settings), {}, operations)


def only(result: tuple[History, tuple[Notice, ...]], name: str) -> ServiceHistory:
    history, notices = result
    assert history.available, history.reason
    assert notices == ()
    return next(found for found in history.services if found.service == name)


def code(result: tuple[History, tuple[Notice, ...]], name: str) -> ChangeRate:
    rate = only(result, name).code
    assert rate is not None
    return rate


def test_figures_of_one_service(repo):
    repo.commit({"order/a.py": "1\n2\n3\n4\n"}, day=0)
    repo.commit({"order/a.py": "1\n2\n3\nfour\n"}, day=90, author="Bob <BOB@example.org>", message="Fixes the sum")
    repo.commit({"order/b.py": "1\n", "README": "x\n"}, day=180, author="Bob <bob@example.org>")
    result = read(repo.top, service("order", "order"))
    assert code(result, "order") == ChangeRate(
        commits=3,
        authors=2,
        fix_commits=1,
        lines_changed=7,
        size_lines=5,
        weighted_commits=1.75,
        relative_churn=round((4 * 0.25 + 2 * 0.5 + 1) / 5, 6),
        last_changed=START + 180 * DAY,
    )
    assert (result[0].since, result[0].until, result[0].half_life_days) == (START, START + 180 * DAY, 90)


def test_ages_count_from_the_newest_commit_of_the_repository(repo):
    repo.commit({"order/a.py": "1\n"}, day=0)
    repo.commit({"README": "later\n"}, day=90)
    result = read(repo.top, service("order", "order"))
    assert code(result, "order").weighted_commits == 0.5


def test_period_ends_with_the_newest_commit_and_starts_since_days_before(repo):
    repo.commit({"order/a.py": "1\n"}, day=0)
    repo.commit({"order/a.py": "2\n"}, day=100)
    repo.commit({"order/a.py": "3\n"}, day=300)
    result = read(repo.top, service("order", "order"), since_days=201)
    assert code(result, "order").commits == 2
    assert result[0].since == START + 100 * DAY


def test_deepest_folder_owns_a_file(repo):
    repo.commit({"src/main.py": "1\n", "src/order/a.py": "1\n2\n", "src/orders/b.py": "1\n2\n3\n"})
    result = read(repo.top, service("whole", "src"), service("order", "src/order"))
    assert code(result, "whole").size_lines == 4
    assert code(result, "order").size_lines == 2


def test_services_of_one_folder_share_its_changes(repo):
    repo.commit({"order/a.py": "1\n"})
    result = read(repo.top, service("web", "order"), service("worker", "order"))
    assert code(result, "web") == code(result, "worker")


def test_specification_is_interface_and_not_code(repo):
    repo.commit({"order/a.py": "1\n", "order/api.json": "[]\n"}, day=0)
    repo.commit({"order/api.json": '["GET /a"]\n'}, day=1)
    found = only(read(repo.top, service("order", "order", specs=("order/api.json",))), "order")
    assert found.code is not None
    assert found.interface is not None
    assert (found.code.commits, found.code.size_lines) == (1, 1)
    assert (found.interface.commits, found.interface.size_lines) == (2, 1)


def test_service_without_a_folder_is_missing_and_not_unchanged(repo):
    repo.commit({"order/a.py": "1\n"})
    result = read(repo.top, service("order", "order"), service("redis"))
    assert only(result, "redis") == ServiceHistory("redis")


def test_service_whose_folder_is_not_tracked_is_missing(repo):
    repo.commit({"order/a.py": "1\n"})
    (repo.top / "new").mkdir()
    (repo.top / "new" / "a.py").write_text("1\n")
    assert only(read(repo.top, service("order", "order"), service("new", "new")), "new").code is None


def test_unchanged_service_is_zero_with_its_size(repo):
    repo.commit({"order/a.py": "1\n"}, day=0)
    repo.commit({"user/a.py": "1\n"}, day=400)
    rate = code(read(repo.top, service("order", "order")), "order")
    assert rate == ChangeRate(size_lines=1)


def test_analysed_folder_below_the_top_of_the_repository(repo):
    repo.commit({"systems/shop/order/a.py": "1\n", "elsewhere/order/a.py": "1\n"})
    rate = code(read(repo.top / "systems" / "shop", service("order", "order")), "order")
    assert (rate.commits, rate.size_lines) == (1, 1)


def test_service_at_the_top_owns_what_no_other_does(repo):
    repo.commit({"main.py": "1\n", "user/a.py": "1\n2\n"})
    result = read(repo.top, service("system", "."), service("user", "user"))
    assert code(result, "system").size_lines == 1


@pytest.mark.parametrize(
    "author",
    [
        "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>",
        "Mend Renovate <bot@renovateapp.com>",
        "Somebody <action@github.com>",
        "release-bot <x@example.org>",
        "House Robot 7 <x@example.org>",
    ],
)
def test_bots_do_not_count(repo, author):
    repo.commit({"order/a.py": "1\n"}, day=0)
    repo.commit({"order/a.py": "1\n2\n"}, day=1, author=author)
    rate = code(read(repo.top, service("order", "order"), bots=("house robot*",)), "order")
    assert (rate.commits, rate.authors, rate.lines_changed, rate.size_lines) == (1, 1, 1, 2)


def test_merges_do_not_count(repo):
    repo.commit({"order/a.py": "1\n"}, day=0)
    repo.git("checkout", "--quiet", "-b", "side")
    repo.commit({"order/b.py": "1\n"}, day=1)
    repo.git("checkout", "--quiet", "main")
    repo.commit({"user/a.py": "1\n"}, day=2)
    repo.git("merge", "--quiet", "--no-ff", "-m", "Merge side, fix", "side", day=3)
    rate = code(read(repo.top, service("order", "order")), "order")
    assert (rate.commits, rate.fix_commits, rate.last_changed) == (2, 0, START + DAY)


def test_generated_binary_and_vendored_files_do_not_count(repo):
    noise: dict[str, str | bytes | None] = {
        "order/package-lock.json": "1\n" * 50,
        "order/go.sum": "1\n",
        "order/yarn.lock": "1\n",
        "order/static/app.min.js": "1\n",
        "order/vendor/lib/x.go": "1\n",
        "order/web/node_modules/x/y.js": "1\n",
        "order/logo.png": b"\0\1\2",
    }
    repo.commit({"order/a.py": "1\n"}, day=0)
    repo.commit(noise, day=1)
    rate = code(read(repo.top, service("order", "order")), "order")
    assert (rate.commits, rate.lines_changed, rate.size_lines) == (1, 1, 1)


def test_churn_is_capped(repo):
    repo.commit({"order/a.py": "1\n" * 100}, day=0)
    repo.commit({"order/a.py": "2\n"}, day=1)
    assert code(read(repo.top, service("order", "order")), "order").relative_churn == 10.0


def test_names_that_look_like_rows_or_headers(repo):
    names = ["order/\x02deadbeef", "order/\n9\t9\tx", "order/7\t7\ty", "order/naïve \N{SNOWMAN}", "order/:100644 a"]
    repo.commit(dict.fromkeys(names, "1\n"))
    rate = code(read(repo.top, service("order", "order")), "order")
    assert (rate.commits, rate.lines_changed, rate.size_lines) == (1, 5, 5)


def test_folder_whose_name_is_a_pattern(repo):
    repo.commit({"*/a.py": "1\n", "user/a.py": "1\n"})
    assert code(read(repo.top, service("star", "*")), "star").size_lines == 1


def test_several_repositories_through_settings(new_repo):
    order, user = new_repo("order"), new_repo("user")
    order.commit({"a.py": "1\n"}, day=0)
    user.commit({"src/a.py": "1\n", "docs/a.md": "1\n2\n"}, day=90)
    root = order.top.parent
    settings = {
        "order": ServiceSettings(repository="order"),
        "user": ServiceSettings(repository="user", folders=("src",)),
    }
    services = [service("order"), service("user")]
    result = read_history(services, root.joinpath, HistorySettings(), settings, operations)
    assert code(result, "order").weighted_commits == 0.5
    assert code(result, "user").size_lines == 1


def test_repository_inside_a_repository_is_its_own(repo, new_repo):
    inner = new_repo("system/user")
    inner.commit({"a.py": "1\n2\n"})
    repo.commit({"order/a.py": "1\n", ".gitignore": "user\n"})
    result = read(repo.top, service("order", "order"), service("user", "user"), service("all", "."))
    assert code(result, "user").size_lines == 2
    assert code(result, "all").size_lines == 1


def test_service_over_two_repositories_is_added_up(new_repo):
    one, two = new_repo("one"), new_repo("two")
    one.commit({"a.py": "1\n"})
    two.commit({"a.py": "1\n2\n"})
    rate = code(read(one.top.parent, service("order", "one", "two")), "order")
    assert (rate.commits, rate.size_lines) == (2, 3)


def test_one_failing_repository_leaves_the_others(new_repo):
    good = new_repo("good")
    good.commit({"a.py": "1\n"})
    new_repo("empty")
    history, notices = read(good.top.parent, service("order", "good"), service("user", "empty"))
    assert history.available
    assert [(s.service, s.code is None) for s in history.services] == [("order", False), ("user", True)]
    assert [(n.slug, str(n.where)) for n in notices] == [("history-empty", "empty")]


def test_breaking_changes_are_told_with_commit_and_time(repo):
    repo.commit({"order/api.json": '["GET /a", "POST /a", "GET /b"]'}, day=0)
    repo.commit({"order/api.json": '["GET /a", "GET /b"]'}, day=1)
    repo.commit({"order/api.json": "not json"}, day=2)
    repo.commit({"order/api.json": '["GET /a"]'}, day=3)
    repo.commit({"order/api.json": '["GET /c"]'}, day=4)
    found = only(read(repo.top, service("order", specs=("order/api.json",))), "order").breaking
    assert [(b.kind, b.operation, b.time, str(b.where)) for b in found] == [
        (BreakKind.METHOD_REMOVED, "POST /a", START + DAY, "order/api.json"),
        (BreakKind.PATH_REMOVED, "/a", START + 4 * DAY, "order/api.json"),
    ]
    ids = repo.git("log", "--format=%H").decode().split()
    assert {b.commit for b in found} == {ids[0][:12], ids[3][:12]}


def test_a_change_of_one_grpc_service_is_not_that_of_another_in_the_same_file(repo):
    repo.commit({"shop.json": '["RPC p.Cart/Add", "RPC p.Cart/Get", "RPC p.Users/Get"]'}, day=0)
    repo.commit({"shop.json": '["RPC p.Cart/Get", "RPC p.Users/Get"]'}, day=1)
    cart, users = (
        replace(service(name.lower(), specs=("shop.json",)), operations=(Operation("RPC", f"p.{name}/Get"),))
        for name in ("Cart", "Users")
    )
    history = read(repo.top, cart, users)
    assert [b.operation for b in only(history, "cart").breaking] == ["p.Cart/Add"]
    assert only(history, "users").breaking == ()


def test_versions_of_parallel_branches_are_not_compared(repo):
    """Each side adds an operation the other lacks; nobody removed one."""
    repo.commit({"api.json": '["GET /a"]\n', "x": "1\n"}, day=0)
    repo.git("checkout", "--quiet", "-b", "side")
    repo.commit({"api.json": '["GET /a", "GET /side"]\n'}, day=1)
    repo.git("checkout", "--quiet", "main")
    repo.commit({"api.json": '["GET /a", "GET /main"]\n'}, day=2)
    repo.git("merge", "--quiet", "--strategy", "ours", "-m", "Merge side", "side", day=3)
    assert only(read(repo.top, service("order", specs=("api.json",))), "order").breaking == ()


def test_moved_specification_breaks_nothing(repo):
    repo.commit({"old.json": '["GET /a"]'}, day=0)
    repo.git("mv", "old.json", "new.json")
    repo.commit({}, day=1)
    assert only(read(repo.top, service("order", specs=("new.json",))), "order").breaking == ()


def test_only_the_newest_versions_are_compared(repo):
    for day in range(55):
        repo.commit({"api.json": json.dumps([f"GET /{day}"])}, day=day)
    found = only(read(repo.top, service("order", specs=("api.json",))), "order").breaking
    assert sorted(b.operation for b in found) == sorted(f"/{day}" for day in range(4, 54))


def test_switched_off():
    history, notices = read_history([service("order", "x")], Path, HistorySettings(enabled=False), {}, operations)
    assert (history.available, history.reason, notices) == (False, "switched off in the settings", ())


def test_no_folder_known():
    history, notices = read_history([service("order")], Path, HistorySettings(), {}, operations)
    assert (history.available, history.reason, notices) == (False, "no service has a known folder", ())


def test_paths_that_may_not_be_looked_at():
    history, _ = read_history([service("order", "x", specs=("y",))], lambda _: None, HistorySettings(), {}, operations)
    assert not history.available


def test_no_repository(tmp_path):
    (tmp_path / "order").mkdir()
    history, notices = read(tmp_path, service("order", "order"))
    assert not history.available
    assert history.reason == "no change history: not in a git repository"
    assert [n.slug for n in notices] == ["history-no-repository"]


def test_broken_repository(tmp_path):
    (tmp_path / "order" / ".git").mkdir(parents=True)
    history, notices = read(tmp_path, service("order", "order"))
    assert not history.available
    assert [n.slug for n in notices] == ["history-no-repository"]


def test_no_git_command(repo):
    repo.commit({"order/a.py": "1\n"})
    missing = GitCommand(executable="git-that-is-not-there")
    history, notices = read_history(
        [service("order", "order")], repo.top.joinpath, HistorySettings(), {}, operations, missing
    )
    assert history.reason == "no change history: the git command was not found"
    assert [n.slug for n in notices] == ["history-no-git"]


def test_shallow_clone_does_not_count_what_its_first_commit_seems_to_add(repo, tmp_path):
    for day in range(4):
        repo.commit({"order/a.py": f"{day}\n" * 10}, day=day)
    clone = tmp_path / "clone"
    repo.git("clone", "--quiet", "--depth", "2", repo.top.as_uri(), str(clone))
    history, notices = read(clone, service("order", "order"))
    rate = history.services[0].code
    assert rate is not None
    assert (rate.commits, rate.lines_changed, rate.size_lines) == (1, 20, 10)
    assert [n.slug for n in notices] == ["history-shallow"]


def test_clone_of_one_commit_has_no_history(repo, tmp_path):
    for day in range(2):
        repo.commit({"order/a.py": f"{day}\n"}, day=day)
    clone = tmp_path / "clone"
    repo.git("clone", "--quiet", "--depth", "1", repo.top.as_uri(), str(clone))
    history, notices = read(clone, service("order", "order"))
    assert not history.available
    assert [n.slug for n in notices] == ["history-shallow"]


def test_partial_clone_counts_commits_and_fetches_nothing(repo, tmp_path):
    for day in range(3):
        repo.commit({"order/a.py": f"{day}\n"}, day=day)
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    repo.git("clone", "--quiet", "--filter", "blob:none", repo.top.as_uri(), str(clone))
    packs = sorted(clone.rglob("*.pack"))
    history, notices = read(clone, service("order", "order"))
    rate = history.services[0].code
    assert rate is not None
    assert (rate.commits, rate.lines_changed, rate.size_lines) == (3, 0, 1)
    assert [n.slug for n in notices] == ["history-shallow"]
    assert sorted(clone.rglob("*.pack")) == packs


def test_lost_file_contents_leave_the_commits(repo):
    repo.commit({"order/a.py": "first\n"}, day=0)
    repo.commit({"order/a.py": "second\n"}, day=1)
    blob = repo.git("rev-parse", "HEAD~1:order/a.py").decode().strip()
    (repo.top / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    history, notices = read(repo.top, service("order", "order"))
    rate = history.services[0].code
    assert rate is not None
    assert (rate.commits, rate.lines_changed, rate.size_lines) == (2, 0, 1)
    assert [n.slug for n in notices] == ["history-lines"]


def test_order_of_services_does_not_matter(repo):
    repo.commit({"order/a.py": "1\n", "user/a.py": "1\n", "api.json": "[]"})
    services = [service("order", "order", specs=("api.json",)), service("user", "user"), service("all", ".")]
    assert read(repo.top, *services) == read(repo.top, *reversed(services))


def test_repositories_may_be_many(new_repo: Callable[[str], Any]):
    repos = [new_repo(f"r{n}") for n in range(3)]
    for n, one in enumerate(repos):
        one.commit({"a.py": "1\n"}, day=n)
    root = repos[0].top.parent
    services = [service(f"s{n}", f"r{n}") for n in range(3)]
    assert read(root, *services) == read(root, *reversed(services))
