"""What one run looks at and gives out, told by Python's audit events (PEP 578) and by the few places that write."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, NamedTuple

from topoplan.looking import ASKED, HELPED, LOOKED, UNSURE, WRITTEN

MOST_BYTES = 32_000_000
"""Most that a run may give out to be kept."""
MOST_LOOKS = 50_000
"""Most files and folders that are looked at again."""
OUT, FILE, SAID = "out", "file", "said"

_TICK_NS = 20_000_000
"""A file may change twice without its times telling within one tick of the system's clock: 10 ms and less."""
_COARSE_NS = 2_000_000_000
"""The same where times are kept in whole milliseconds or seconds, as some network and all FAT file systems do."""
_LOADING_NS = 500_000_000
"""Code that changed so shortly before a run may be other code than what runs."""
_SYSTEM = ("/proc/", "/sys/", "/dev/")
"""Where the system tells of itself: how many processors, how much memory. No answer depends on that."""
_OWN_PACKAGES = ("topoplan", "topoplan_importers")
_OWN_TEMPORARY = ".topoplan-"
_NAMELESS = getattr(os, "O_TMPFILE", ~0)
"""Flags of a file that nobody else can open."""

_PROGRAMS = ("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.startfile", "os.system", "pty.spawn")
_NETWORK = ("socket.connect", "socket.getaddrinfo", "urllib.Request")


def identity(path: str) -> str | None:
    """What the system says of a file or folder: the same as long as nobody writes to it, or adds to or takes from the
    folder. Empty where there is nothing; None where that cannot be known."""
    try:
        about = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, ValueError):
        return None
    if not (stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode)):
        return None
    numbers = about.st_mode, about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino, about.st_dev
    return " ".join(map(str, numbers))


def presence(path: str) -> str | None:
    """`file`, `folder`, `other`, or empty where there is nothing; None where that cannot be known."""
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, ValueError):
        return None
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


class Recorded(NamedTuple):
    """A run that can be told again."""

    looked: dict[str, str]
    """Absolute path → identity of all that was looked at, and of the code that looked."""
    asked: dict[str, str]
    """Absolute path → presence of all that was only asked for."""
    given: tuple[tuple[str, str, bytes], ...]
    """In order: `OUT`, `FILE` or `SAID`; the path of a file; the content."""


class Recording:
    """Collects while it is the current one. What it cannot know makes it unsure, never wrong."""

    def __init__(self, cache: str) -> None:
        tempfile.gettempdir()  # found out once for the process, by writing there
        self._begun = time.time_ns()
        self._looked: dict[str, tuple[str | None, int]] = {}
        self._asked: dict[str, str | None] = {}
        self._given: list[tuple[str, str, bytes]] = []
        self._scratch = [_absolute(cache)]
        self._helpers: list[tuple[str, ...]] = []
        self._sure = True
        self._hears: dict[str, Callable[..., None]] = {
            "open": self._opened,
            "os.listdir": self._listed,
            "os.scandir": self._listed,
            "subprocess.Popen": self._started,
            "tempfile.mkdtemp": self._made,
            "tempfile.mkstemp": self._made,
            LOOKED: self.look,
            ASKED: self._ask,
            WRITTEN: self._written,
            HELPED: self._helped,
            **dict.fromkeys((*_PROGRAMS, *_NETWORK, UNSURE), self.doubt),
        }

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        """Take an audit event. Raises nothing: that would end what the event is of."""
        heard = self._hears.get(event)
        if heard is not None:
            try:
                heard(*arguments)
            except Exception:  # noqa: BLE001
                self._sure = False

    def doubt(self, *_: object) -> None:
        """Something happened that a look at files cannot tell of."""
        self._sure = False

    def look(self, path: str) -> None:
        """The run depends on what is at this path, or on there being nothing."""
        path = _absolute(path)
        if path not in self._looked:
            self._looked[path] = identity(path), time.time_ns()

    def said(self, line: str) -> None:
        """A line went to standard error."""
        self._given.append((SAID, "", line.encode("utf-8", "surrogatepass")))

    def printed(self, stream: IO[bytes]) -> None:
        """All of this goes to standard output."""
        self._give(OUT, "", stream)
        stream.seek(0)

    def looked_at(self) -> frozenset[str]:
        """Absolute paths of all that was looked at or asked for so far."""
        return frozenset((*self._looked, *self._asked))

    def finished(self) -> Recorded | None:
        """What can be told again: nothing when it is unsure, or when something that was looked at has changed since, or
        changed so shortly before that it could change again without a sign."""
        for path in map(_absolute, code_files()):
            self.look(path)
            self._looked[path] = self._looked[path][0], self._begun - _LOADING_NS
        if not self._sure or len(self._looked) + len(self._asked) > MOST_LOOKS:
            return None
        asked = {path: there for path, there in self._asked.items() if there is not None and presence(path) == there}
        if len(asked) < len(self._asked):
            return None
        looked = {}
        for path, (before, when) in self._looked.items():
            if before is None or identity(path) != before or not is_settled(before, when):
                return None
            looked[path] = before
        return Recorded(looked, asked, tuple(self._given))

    def _ask(self, path: str) -> None:
        path = _absolute(path)
        if path not in self._asked:
            self._asked[path] = presence(path)

    def _opened(self, path: object, _: object, flags: int) -> None:
        if isinstance(path, int):
            return
        name = _absolute(os.fsdecode(path))  # type: ignore[arg-type]
        is_scratch = any(name == own or name.startswith(own + os.sep) for own in self._scratch)
        if is_scratch or name == os.devnull or flags & _NAMELESS == _NAMELESS:
            return
        if ".pyc" in name and os.path.basename(os.path.dirname(name)) == "__pycache__":
            return  # made from the source, which is looked at
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            self._sure &= os.path.basename(name).startswith(_OWN_TEMPORARY)
        elif not name.startswith(_SYSTEM):
            self.look(name)

    def _listed(self, path: object = None) -> None:
        if not isinstance(path, int):
            self.look(os.fsdecode("." if path is None else path))  # type: ignore[arg-type]

    def _started(self, _: object, command: object, *__: object) -> None:
        self._sure &= isinstance(command, list | tuple) and tuple(command) in self._helpers

    def _helped(self, command: tuple[str, ...]) -> None:
        self._helpers.append(command)

    def _made(self, path: str) -> None:
        self._scratch.append(_absolute(path))

    def _written(self, path: str) -> None:
        name = _absolute(path)
        was_read = name in self._looked
        with open(path, "rb") as stream:
            self._give(FILE, path, stream)
        if not was_read:
            del self._looked[name]

    def _give(self, kind: str, path: str, stream: IO[bytes]) -> None:
        room = MOST_BYTES - sum(len(content) for _, _, content in self._given)
        content = stream.read(room + 1) if self._sure else b""
        if len(content) > room:
            self.doubt()
        else:
            self._given.append((kind, path, content))


def _absolute(path: str) -> str:
    """Seen from anywhere; not shortened, since `link/..` need not be the folder that the link is in."""
    return path if os.path.isabs(path) else os.path.join(os.getcwd(), path)


def code_files() -> Iterable[str]:
    """The sources of all modules that are loaded, and of topoplan's own that helpers may load."""
    for name, module in tuple(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str):
            yield file
            if name in _OWN_PACKAGES:
                for folder, _, names in os.walk(os.path.dirname(file)):
                    yield from (os.path.join(folder, one) for one in names if one.endswith((".py", ".sql")))


def is_settled(known: str, when: int) -> bool:
    """Whether what was like this then had not changed just before, by the clock that files are stamped with."""
    if not known:
        return True
    changed, status_changed = map(int, known.split(" ")[2:4])
    unsure = _TICK_NS if status_changed % 1_000_000 else _COARSE_NS
    return max(changed, status_changed) < when - unsure


_current: Recording | None = None
_listening = False


def current() -> Recording | None:
    """The recording of what runs now, if there is one."""
    return _current


@contextmanager
def recorded(cache: str) -> Iterator[Recording]:
    """Collect what happens in this block; what is written below the folder `cache` is nobody's business."""
    global _current, _listening
    if not _listening:
        sys.addaudithook(_hear)
        _listening = True
    _current = Recording(cache)
    try:
        yield _current
    finally:
        _current = None


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if _current is not None:
        _current.hear(event, arguments)
