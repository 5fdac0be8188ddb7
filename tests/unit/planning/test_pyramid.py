"""The shape of the tests, counted in cases."""

from topology_builders import EVIDENCE

from topoplan.model.coverage import BoundaryCoverage, Claim, Coverage, Grade, State, TechniqueCoverage
from topoplan.model.plan import Case, Level, Recommendation, Technique
from topoplan.planning.pyramid import existing_checks, pyramid_of


def planned(technique: Technique, cases: int) -> Recommendation:
    held = tuple(Case(f"case {i}", expect="it works") for i in range(cases))
    return Recommendation(f"{technique}:a->b/http", technique, ("a->b/http",), "", "", (), 0.1, 1.0, 1.0, held)


def covered(subject: str, /, **checks: str) -> BoundaryCoverage:
    """Technique → names of passing checks, `declared` claims marked with `?`."""
    return BoundaryCoverage(
        subject,
        tuple(
            TechniqueCoverage(
                Technique(technique),
                State.COVERED,
                claims=tuple(
                    Claim(name.rstrip("?"), Grade.DECLARED if name.endswith("?") else Grade.VERIFIED, EVIDENCE)
                    for name in names.split()
                ),
            )
            for technique, names in checks.items()
        ),
    )


def test_planned_cases_count_on_the_level_of_their_technique() -> None:
    tests = [planned(technique, 2) for technique in Technique]
    assert pyramid_of(tests) == (
        Level("slice", 0, 2, (0, 0)),
        Level("boundary", 0, 4, (10, 20)),
        Level("in_process", 0, 6, (40, 100)),
    )


def test_a_check_counts_once_on_its_widest_level_wherever_it_was_seen() -> None:
    coverage = Coverage(
        (
            covered("a->b/http", boundary="run", slice="run", contract="pact-a"),
            covered("b->c/http", boundary="run", slice="run", contract="pact-a pact-b"),
        )
    )
    assert [(level.name, level.existing) for level in pyramid_of((), coverage)] == [
        ("slice", 1),
        ("boundary", 0),
        ("in_process", 2),
    ]
    (run,) = [check for check in existing_checks(coverage) if check.name == "run"]
    assert run.technique is Technique.SLICE
    assert run.covers[Technique.BOUNDARY] == ("a->b/http", "b->c/http")


def test_environments_and_tests_without_a_result_are_no_tests() -> None:
    coverage = Coverage((covered("a->b/http", boundary="environment? skipped?"),))
    assert existing_checks(coverage) == ()


def test_without_slices_there_is_nothing_to_compare_with() -> None:
    assert {level.wanted for level in pyramid_of([planned(Technique.CONTRACT, 3)])} == {(0, 0)}
