"""Which files tell of a program, by their names."""

from __future__ import annotations

import re

from topoplan_importers.vocabulary import words

BUILD_FILES = words(
    "pom.xml build.gradle build.gradle.kts settings.gradle settings.gradle.kts package.json go.mod pyproject.toml",
    "setup.cfg requirements.txt cargo.toml composer.json mix.exs gemfile build.sbt procfile",
    "cmakelists.txt",
)
APPLICATION_FILE = re.compile(r"(application|bootstrap)\.(ya?ml|properties)|microprofile-config\.properties")
DOCKERFILE = re.compile(r"(docker|container)file([.-].*)?|.+\.dockerfile")
_PROJECT = re.compile(r".+\.(cs|fs|vb)proj")


def tells_of_program(name: str) -> bool:
    """Whether a file of that lower-case name tells of a program."""
    return (
        name in BUILD_FILES
        or _PROJECT.fullmatch(name) is not None
        or DOCKERFILE.fullmatch(name) is not None
        or APPLICATION_FILE.fullmatch(name) is not None
    )
