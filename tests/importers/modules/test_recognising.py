"""Which files tell of a program."""

import pytest

from topoplan_importers.modules import builds
from topoplan_importers.modules.recognise import BUILD_FILES, tells_of_program


def test_what_is_recognised_as_a_build_file_is_what_can_be_read() -> None:
    assert set(builds._READERS) == BUILD_FILES


@pytest.mark.parametrize("name", ["pom.xml", "shop.csproj", "dockerfile", "dockerfile.dev", "application.yml"])
def test_files_of_programs(name: str) -> None:
    assert tells_of_program(name)


@pytest.mark.parametrize("name", ["readme.md", "shop.proj", "compose.yaml"])
def test_other_files(name: str) -> None:
    assert not tells_of_program(name)
