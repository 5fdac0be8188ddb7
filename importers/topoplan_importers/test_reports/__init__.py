"""Results of tests as their runners report them, to be mapped to boundaries by rules and by what tests say."""

from topoplan_importers.test_reports.evidence import EvidenceImporter
from topoplan_importers.test_reports.junit import JunitImporter

__all__ = ["EvidenceImporter", "JunitImporter"]
