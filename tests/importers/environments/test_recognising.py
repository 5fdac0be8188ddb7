"""Which build files may ask for containers."""

from topoplan_importers.environments import containers, recognise


def test_what_is_recognised_as_a_build_file_is_what_can_be_read() -> None:
    assert set(containers._MODULES) == recognise._BUILD_KINDS
