from __future__ import annotations

from pathlib import Path

import pytest

from topoplan.errors import TopoplanError
from topoplan.model.place import Where
from topoplan.tui.views.places import editor_command, editor_of, real_file

FILE = Path("/srv/shop/compose.yaml")


@pytest.mark.parametrize(
    ("editor", "expected"),
    [
        ("vi", ("vi", "+12", str(FILE))),
        ("/usr/bin/vim -n", ("/usr/bin/vim", "-n", "+12", str(FILE))),
        ("nvim", ("nvim", "+12", str(FILE))),
        ("nano", ("nano", "+12", str(FILE))),
        ("emacsclient -t", ("emacsclient", "-t", "+12", str(FILE))),
        ("code --wait", ("code", "--wait", "--goto", f"{FILE}:12")),
        ("hx", ("hx", f"{FILE}:12")),
        ("subl -w", ("subl", "-w", f"{FILE}:12")),
        ("idea", ("idea", "--line", "12", str(FILE))),
        ("'/opt/my editor/ed'", ("/opt/my editor/ed", str(FILE))),
    ],
)
def test_each_editor_is_told_the_line_its_own_way(editor: str, expected: tuple[str, ...]) -> None:
    assert editor_command(editor, FILE, 12) == expected


def test_without_a_line_the_file_alone_is_given() -> None:
    assert editor_command("code", FILE, 0) == ("code", str(FILE))


def test_nothing_in_the_setting_or_the_path_reaches_a_shell() -> None:
    assert editor_command("vi; rm -rf /", Path("/a/$(x).yaml"), 1) == ("vi;", "rm", "-rf", "/", "/a/$(x).yaml")


@pytest.mark.parametrize("editor", ["", "  ", "'open"])
def test_an_editor_that_cannot_be_read_is_told(editor: str) -> None:
    with pytest.raises(TopoplanError, match="no-editor"):
        editor_command(editor, FILE, 1)


def test_the_visual_editor_goes_before_the_other() -> None:
    assert editor_of({"EDITOR": "ed", "VISUAL": "vim"}) == "vim"
    assert editor_of({"EDITOR": "ed", "VISUAL": " "}) == "ed"
    with pytest.raises(TopoplanError, match="no-editor"):
        editor_of({})


@pytest.mark.parametrize(
    "path",
    ["../secret.txt", "/etc/passwd", "shop/../../secret.txt", "other/compose.yaml", "shop/link.yaml", "shop/\0"],
)
def test_nothing_outside_the_roots_is_opened(tmp_path: Path, path: str) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "secret.txt").write_text("x")
    (tmp_path / "shop" / "link.yaml").symlink_to(tmp_path / "secret.txt")

    with pytest.raises(TopoplanError):
        real_file(Where(path, 1), {"shop": tmp_path / "shop"})


def test_an_address_is_not_opened_even_where_a_file_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "https:" / "broker").mkdir(parents=True)
    (tmp_path / "https:" / "broker" / "pact.json").write_text("{}")

    with pytest.raises(TopoplanError, match="address"):
        real_file(Where("https://broker/pact.json"), {".": tmp_path})


def test_a_file_below_a_root_is_found_and_a_folder_or_a_lost_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("x")

    assert real_file(Where("shop/compose.yaml", 1), {"shop": tmp_path}) == tmp_path / "compose.yaml"
    for path in ("shop", "shop/gone.yaml"):
        with pytest.raises(TopoplanError, match="not there"):
            real_file(Where(path), {"shop": tmp_path})
