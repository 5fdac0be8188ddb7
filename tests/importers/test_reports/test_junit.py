"""Dialects of JUnit's XML: what every runner means by what it writes."""

import gzip
import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.sniffing import candidate
from topoplan.importing.workspace import Workspace
from topoplan.model.checks import ResultFact, Verdict
from topoplan.model.facts import SourceState
from topoplan_importers.test_reports import JunitImporter, dialects

PASSED, FAILED, SKIPPED, UNKNOWN = Verdict.PASSED, Verdict.FAILED, Verdict.SKIPPED, Verdict.UNKNOWN

Read = Callable[[Mapping[str, str | bytes]], Imported]


@pytest.fixture
def results(read: Read) -> Callable[[str], list[ResultFact]]:
    """The results of one report."""

    def of(text: str) -> list[ResultFact]:
        imported = read({"junit.xml": text})
        assert [(s.state, s.reason) for s in imported.sources] == [(SourceState.ANALYSED, "")]
        return [check for check in imported.checks if isinstance(check, ResultFact)]

    return of


Results = Callable[[str], list[ResultFact]]


def claims(head: str | bytes, name: str = "report.xml") -> bool:
    data = head if isinstance(head, bytes) else head.encode()
    return JunitImporter().claims(Candidate(name, name, len(data), data))


class TestClaims:
    @pytest.mark.parametrize(
        "head",
        [
            "<testsuites/>",
            "<testsuite name='a'>",
            '<?xml version="1.0"?>\n<!-- made by\n<project> -->\n<testsuites>',
            "<!DOCTYPE testsuites>\n<testsuites>",
            '<j:testsuite xmlns:j="urn:j">',
            "\ufeff<testsuite>",
            "<testsuite>".encode("utf-16"),
        ],
    )
    def test_a_report_is_known_by_its_first_element(self, head: str | bytes) -> None:
        assert claims(head)

    @pytest.mark.parametrize(
        "head",
        [
            "<project><testsuite/></project>",
            "<testsuitesettings/>",
            "<test-run/>",
            "<assemblies><testsuite>",
            '{"testsuite": "<testsuite>"}',
            "<!-- <testsuite> -->",
            "<?xml",
            "",
            "testsuite",
        ],
    )
    def test_other_files_are_left_alone(self, head: str) -> None:
        assert not claims(head)

    def test_a_broken_file_that_is_named_as_a_report_is_one(self) -> None:
        assert claims("garbage", "test-orders.xml")
        assert claims('<?xml version="1.0"?>', "my-junit.xml.gz")
        assert not claims("<project>", "junit.xml")


class TestVerdicts:
    @pytest.mark.parametrize(
        ("inside", "verdict", "flaky"),
        [
            ("", PASSED, False),
            ("<system-out>failure</system-out>", PASSED, False),
            ("<failure/>", FAILED, False),
            ("<error message='x'>trace</error>", FAILED, False),
            ("<skipped/><system-err/>", SKIPPED, False),
            ("<skipped/><failure/>", FAILED, False),
            ("<failure/><failure/>", FAILED, False),
            ("<flakyFailure><stackTrace/></flakyFailure>", PASSED, True),
            ("<flakyError/><flakyFailure/>", PASSED, True),
            ("<failure/><rerunFailure/><rerunError/>", FAILED, False),
            ("<flakyFailure/><failure/>", FAILED, False),
            ("<warning>no tests found</warning>", UNKNOWN, False),
            ("<system-out><failure/></system-out>", PASSED, False),
            ("<wrapper><failure/></wrapper>", PASSED, False),
        ],
    )
    def test_elements(self, results: Results, inside: str, verdict: Verdict, flaky: bool) -> None:
        (found,) = results(f"<testsuite><testcase name='t'>{inside}</testcase></testsuite>")
        assert (found.verdict, found.flaky) == (verdict, flaky)

    @pytest.mark.parametrize(
        ("attributes", "verdict"),
        [
            ("status='run' result='completed'", PASSED),
            ("status='run' result='skipped'", SKIPPED),
            ("status='notrun' result='suppressed'", SKIPPED),
            ("status='Not Run'", SKIPPED),
            ("status='disabled'", SKIPPED),
            ("status='FAILED'", FAILED),
            ("status='timed_out'", FAILED),
            ("status='undefined'", UNKNOWN),
            ("status=''", PASSED),
        ],
    )
    def test_attributes(self, results: Results, attributes: str, verdict: Verdict) -> None:
        (found,) = results(f"<testsuite><testcase name='t' {attributes}/></testsuite>")
        assert found.verdict is verdict

    def test_one_test_with_several_results_has_all_of_them(self, results: Results) -> None:
        found = results("<testsuite>\n<testcase name='t'/>\n<testcase name='t'><error/></testcase></testsuite>")
        assert [(f.id, f.verdict, f.evidence.where.line) for f in found] == [("t", PASSED, 2), ("t", FAILED, 3)]


class TestNames:
    def test_suites_nest(self, results: Results) -> None:
        found = results(
            "<testsuites name='all'><testsuite name='a'><testsuite name='b'><testcase name='t1' classname='C'/>"
            "</testsuite><testsuite><testcase name='t2'/></testsuite></testsuite><testcase name='t3'/></testsuites>"
        )
        assert [f.id for f in found] == ["a > b > C > t1", "a > t2", "t3"]

    def test_files_are_those_of_the_test_or_its_suite(self, results: Results) -> None:
        found = results(
            "<testsuites><testsuite file='a.js'><testsuite><testcase name='t1'/><testcase name='t2' file='b.js'/>"
            "</testsuite></testsuite><testsuite filepath='c.rb'><testcase name='t3'/></testsuite></testsuites>"
        )
        assert [f.file for f in found] == ["a.js", "b.js", "c.rb"]

    def test_a_test_without_any_name_still_counts(self, results: Results) -> None:
        assert [f.id for f in results("<testsuite><testcase/><testcase classname='C'/></testsuite>")] == [
            "(unnamed)",
            "C",
        ]

    def test_unknown_elements_around_tests_are_passed_over(self, results: Results) -> None:
        assert [f.id for f in results("<testsuites><package><testcase name='t'/></package></testsuites>")] == ["t"]

    def test_names_are_safe_to_print(self, results: Results) -> None:
        (found,) = results("<testsuite name='a&#10;b'><testcase name='t\u202e&#9;x' classname='\u200b'/></testsuite>")
        assert found.id == "a b > t x"


class TestTimes:
    @pytest.mark.parametrize(
        ("timestamp", "seconds"),
        [
            ("2024-03-01T12:00:00", 1709294400),
            ("2024-03-01T12:00:00Z", 1709294400),
            ("2024-03-01T12:00:00.123456789+02:00", 1709287200),
            ("2024-03-01 12:00:00,5", 1709294400),
            ("2024-03-01", 1709251200),
            ("Fri, 01 Mar 2024 12:00:00 GMT", 1709294400),
            ("Fri, 01 Mar 2024 14:00:00 +0200", 1709294400),
            ("2567-03-01T12:00:00", 0),
            ("1970-01-01T00:00:00", 0),
            ("0001-01-01T00:00:00", 0),
            ("9999-12-31T23:59:59-14:00", 0),
            ("01.03.2024 12:00", 0),
            ("1. März 2024", 0),
            ("", 0),
        ],
    )
    def test_of_a_suite(self, results: Results, timestamp: str, seconds: int) -> None:
        (found,) = results(f"<testsuite timestamp='{timestamp}'><testcase name='t'/></testsuite>")
        assert found.time == seconds

    def test_the_innermost_counts(self, results: Results) -> None:
        found = results(
            "<testsuites timestamp='2024-03-01T12:00:00'><testsuite><testcase name='t1'/>"
            "<testcase name='t2' timestamp='2024-03-01T12:00:01'/></testsuite></testsuites>"
        )
        assert [f.time for f in found] == [1709294400, 1709294401]


class TestProperties:
    def test_those_of_the_suites_come_first(self, results: Results) -> None:
        (found,) = results(
            """<testsuites><properties><property name="a" value="1"/></properties><testsuite>
            <testcase name="t"><properties>
              <property name="topoplan.contract" value="gateway -> orders : POST /orders"/>
              <property name="c">in\ntext</property><property value="nameless"/>
            </properties></testcase>
            <properties><property name="b" value="late"/></properties></testsuite></testsuites>"""
        )
        contract = ("topoplan.contract", "gateway -> orders : POST /orders")
        assert found.properties == (("a", "1"), ("b", "late"), contract, ("c", "in text"))

    def test_a_test_may_print_what_it_claims(self, results: Results) -> None:
        (found,) = results(
            "<testsuite><testcase name='t'><system-out><![CDATA[starting\n"
            "[[PROPERTY|topoplan.boundary=gateway -> orders : GET /orders?x=1]] [[PROPERTY|other=1]]\n"
            "[[PROPERTY|topoplan.fault=a -> b]] [[PROPERTY|topoplan.slice=a -> b]]></system-out></testcase></testsuite>"
        )
        assert found.properties == (
            ("topoplan.boundary", "gateway -> orders : GET /orders?x=1"),
            ("topoplan.fault", "a -> b"),
        )

    def test_settings_of_the_machine_and_secrets_are_not_kept(self, results: Results) -> None:
        (found,) = results(
            "<testsuite><properties><property name='java.version' value='21'/><property name='DB_URL' value='u:p@h'/>"
            "<property name='topoplan.boundary' value='a -> b'/></properties><testcase name='t'>"
            "<properties><property name='api_key' value='s'/><property name='Password' value='s'/></properties>"
            "</testcase></testsuite>"
        )
        assert found.properties == (("topoplan.boundary", "a -> b"),)

    def test_they_are_bounded(self, results: Results) -> None:
        many = "".join(f"<property name='p{i}' value='{'x' * 2000}'/>" for i in range(1000))
        (found,) = results(f"<testsuite><testcase name='t'>{many}</testcase></testsuite>")
        assert len(found.properties) == 200
        assert max(len(value) for _, value in found.properties) == 1000


class TestFiles:
    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            ("<testsuite><testcase name='t'/>", "no element found (line 1)"),
            ("<testsuite>\n<testcase name='t'></testsuite>", "mismatched tag (line 2)"),
            ("<testsuite><testcase><failure><![CDATA[", "unclosed CDATA section (line 1)"),
            ("<testsuite name='<x>'/>", "not well-formed (invalid token) (line 1)"),
            ("garbage", "syntax error (line 1)"),
            ("<testsuite>" * 300, "is nested deeper than 200 levels"),
            ("<!DOCTYPE a [<!ENTITY x 'y'>]><testsuite/>", "has a document type declaration, which is never read"),
            ('<?xml version="1.0" encoding="nonsense"?><testsuite/>', "is in an encoding that cannot be read"),
        ],
    )
    def test_broken_ones_fail_with_the_place_and_give_nothing(self, read: Read, data: str, reason: str) -> None:
        imported = read({"test-broken.xml": data, "whole.xml": "<testsuite><testcase name='t'/></testsuite>"})
        broken, whole = imported.sources
        assert broken.state is SourceState.FAILED
        assert broken.reason.startswith(reason)
        assert (whole.state, whole.facts) == (SourceState.ANALYSED, 1)
        assert len(imported.checks) == 1

    @pytest.mark.parametrize(
        "data", ["<testsuites/>", "<testsuite tests='5'/>", "<testsuites><testsuite/><testsuite/></testsuites>"]
    )
    def test_a_run_without_tests_proves_nothing_and_is_told(self, read: Read, data: str) -> None:
        imported = read({"junit.xml": data})
        assert [(s.state, s.reason, s.facts) for s in imported.sources] == [(SourceState.ANALYSED, "holds no test", 0)]
        assert [(n.slug, n.severity, str(n.where)) for n in imported.notices] == [("empty-run", "warning", "junit.xml")]

    def test_one_empty_suite_among_others_is_no_empty_run(self, read: Read) -> None:
        imported = read({"a.xml": "<testsuites><testsuite/><testsuite><testcase name='t'/></testsuite></testsuites>"})
        assert imported.notices == ()

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
    def test_encodings(self, read: Read, encoding: str) -> None:
        declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
        text = declared + "<testsuite><testcase name='ü'/></testsuite>"
        (check,) = read({"a.xml": text.encode(encoding)}).checks
        assert isinstance(check, ResultFact)
        assert check.name == "ü"

    def test_namespaces_and_gzip(self, read: Read) -> None:
        text = b"<j:testsuite xmlns:j='urn:j'><j:testcase name='t'><j:failure/></j:testcase></j:testsuite>"
        (check,) = read({"a.xml.gz": gzip.compress(text)}).checks
        assert isinstance(check, ResultFact)
        assert check.verdict is FAILED

    def test_a_report_cut_anywhere_fails_as_a_whole(self, read: Read) -> None:
        text = (
            '<?xml version="1.0"?><!-- x --><testsuites><testsuite name="s" timestamp="2024-03-01T12:00:00">'
            '<properties><property name="p">v</property></properties><testcase name="t"><failure>&lt;</failure>'
            "<system-out><![CDATA[[[PROPERTY|topoplan.fault=a -> b]]]]></system-out></testcase>"
            "</testsuite></testsuites>"
        )
        imported = read({f"junit-{end:03}.xml": text[:end] for end in range(1, len(text))})
        assert {s.state for s in imported.sources} == {SourceState.FAILED}
        assert len(imported.sources) == len(text) - 1
        assert imported.checks == ()

    def test_too_many_tests_are_refused(self, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dialects, "MAX_TESTS", 2)
        imported = read({"a.xml": "<testsuite>" + "<testcase name='t'/>" * 3 + "</testsuite>"})
        assert [s.reason for s in imported.sources] == ["holds more than 2 tests"]
        assert imported.checks == ()

    def test_a_large_report_is_read_piece_by_piece(self, read: Read) -> None:
        text = io.StringIO()
        text.write("<testsuite>\n")
        for number in range(20_000):
            text.write(
                f"<testcase classname='C' name='t{number}' time='0.1'><system-out>{'x' * 50}</system-out></testcase>\n"
            )
        text.write("</testsuite>")
        checks = read({"a.xml": text.getvalue()}).checks
        assert len(checks) == 20_000
        assert checks[-1].evidence.where.line == 20_001


REAL = Path(os.environ.get("TOPOPLAN_DATA", ""), "junit")


@pytest.mark.skipif(not os.environ.get("TOPOPLAN_DATA"), reason="TOPOPLAN_DATA names no folder of real files")
def test_real_reports_are_analysed_or_say_why_not() -> None:
    importer = JunitImporter()
    files = {file.relative_to(REAL).as_posix(): file for file in sorted(REAL.rglob("*.xml"))}
    found = [candidate(shown, file) for shown, file in files.items()]
    assert all(importer.claims(one) for one in found)
    imported = importer.read(found, Workspace({".": REAL}), ImportOptions())
    failed = {Path(s.path).name for s in imported.sources if s.state is SourceState.FAILED}
    assert failed == {"TEST-test.CorruptTest.xml", "corrupt-xml.xml", "expected.xml", "expectedRetries.xml"}
    assert len(imported.sources) == len(files)
    assert {s.state for s in imported.sources} == {SourceState.FAILED, SourceState.ANALYSED}
    assert len(imported.checks) > 5000
