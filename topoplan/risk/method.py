"""Tells the figures that scores start from: weights of modes, factors, change and impact, and where they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topoplan.config import HistorySettings, RiskSettings
from topoplan.history.churn import CHURN_CAP
from topoplan.history.classify import BOTS
from topoplan.model.method import JUDGEMENT, MethodRow, MethodSection, chosen, fixed
from topoplan.risk.change_factors import CHANGE_WEIGHTS
from topoplan.risk.impact import BESIDE_IMPACT, IMPACT_FACTORS
from topoplan.risk.journey_factors import CRITICALITY, UNDECLARED
from topoplan.risk.journeys import CACHES
from topoplan.risk.likelihood import CHANGE_FLOOR, FACTORS, NEUTRAL_CHANGE, PRIOR_WEIGHT
from topoplan.risk.meanings import FACTOR_MEANINGS, IMPACT_MEANINGS, WHAT_BREAKS
from topoplan.risk.modes import INCIDENT_SHARES, MODE_WEIGHTS
from topoplan.risk.structure_factors import TRANSACTIONAL
from topoplan.risk.weighing import HALF, PRIOR, PRIOR_VALUE
from topoplan.risk.words import MONEY, TIME, TIME_FORMATS, UNIT

_SHARE = "0–1"
_INCIDENTS = "incidents of 18 months in three microservice systems"
_CHURN = "Nagappan and Ball, Use of relative code churn measures to predict system defect density, ICSE 2005"
_BY_CHURN = f"{JUDGEMENT}; that relative churn predicts faults: {_CHURN}"
_BY_SHAPE = f"{JUDGEMENT}; low, since over 53 services centrality correlated with faults by no more than |ρ| = 0.11"

_FACTOR_SOURCES: Mapping[str, str] = {
    "interface-churn": _BY_CHURN,
    **dict.fromkeys(("blast-radius", "chain", "fan-in"), _BY_SHAPE),
}


def risk_sections(settings: RiskSettings, history: HistorySettings) -> tuple[MethodSection, ...]:
    """The sections of the method that tell of scores, in the order in which a score is made."""
    return (
        MethodSection(
            "risk",
            "Risk",
            "Risk of a mode = likelihood × impact; risk of a boundary = 1 − Π (1 − risk of each mode), shown as 0–100. "
            "What is missing is left out of a mean, and said; it never counts as zero.",
        ),
        MethodSection(
            "modes",
            "Failure modes",
            "The weight of a mode is how often it is the cause; 1 means the most frequent kind of failure.",
            tuple(_modes(settings)),
        ),
        MethodSection(
            "incidents",
            "Where the weights of modes come from",
            "The share of contract tests is split over the modes a contract catches, in proportion to how well it "
            "does; real infrastructure gives its share to infrastructure, fault injection to cascade; what no layer "
            "catches goes half to temporal and half to consistency; the shares are divided by the largest. How they "
            "are split is judgement.",
            tuple(
                fixed(layer, f"{100 * share:.0f} %", "of all incidents", "caught by this layer of tests", _INCIDENTS)
                for layer, share in INCIDENT_SHARES.items()
            ),
        ),
        MethodSection(
            "likelihood",
            "Likelihood",
            f"Likelihood = weight of the mode × mean × ({CHANGE_FLOOR:g} + {1 - CHANGE_FLOOR:g} × change), where mean "
            "is the weighted mean of the known factors and the starting value.",
            tuple(_likelihood()),
        ),
        MethodSection(
            "factors",
            "Factors of likelihood",
            "Each value lies between 0 and 1; the weights of a mode are shared among the factors that are known.",
            tuple(
                fixed(
                    name,
                    weight,
                    "weight",
                    FACTOR_MEANINGS[name],
                    _FACTOR_SOURCES.get(name, JUDGEMENT),
                    group=mode.value,
                )
                for mode, factors in FACTORS.items()
                for name, (weight, _) in factors.items()
            ),
        ),
        MethodSection(
            "change",
            "Change",
            "The weighted mean of the known parts. Relative churn is lines changed, each weighted by "
            "2^(−age / half-life), over the size in lines; ages count from the newest commit.",
            tuple(_change(history)),
        ),
        MethodSection(
            "impact",
            "Impact",
            "The weighted mean of the known factors.",
            (
                *(fixed(name, weight, "weight", IMPACT_MEANINGS[name]) for name, (weight, _) in IMPACT_FACTORS.items()),
                fixed("beside the system", BESIDE_IMPACT, _SHARE, "impact of tracing, metrics and load generators"),
            ),
        ),
        MethodSection(
            "criticality",
            "Criticality",
            "The words for what matters, of journeys and of services.",
            (
                *(fixed(word, value, _SHARE, "counts so much for criticality") for word, value in CRITICALITY.items()),
                fixed("undeclared", UNDECLARED, _SHARE, "on no configured journey and with no criticality declared"),
            ),
        ),
        MethodSection(
            "words",
            "What names tell",
            "Whole words of the last part of a field's name, and technologies of stores.",
            tuple(_words(settings)),
        ),
    )


def _modes(settings: RiskSettings) -> Iterator[MethodRow]:
    for mode, weight in MODE_WEIGHTS.items():
        yield chosen(
            f"risk.mode_weights.{mode.value}",
            mode.value,
            settings.mode_weights.get(mode, weight),
            weight,
            _SHARE,
            WHAT_BREAKS[mode],
            f"{_INCIDENTS}; the split over modes: {JUDGEMENT}",
        )


def _likelihood() -> Iterator[MethodRow]:
    yield fixed(PRIOR, PRIOR_VALUE, _SHARE, "starting value of every mode; what is known moves the mean from there")
    yield fixed(f"weight of {PRIOR}", PRIOR_WEIGHT, "weight", "keeps a score from resting on one small reading")
    yield fixed("unchanged", CHANGE_FLOOR, _SHARE, "what did not change keeps this share of its likelihood")
    yield fixed("change unknown", NEUTRAL_CHANGE, _SHARE, "taken where version control says nothing of either side")


def _change(history: HistorySettings) -> Iterator[MethodRow]:
    default = HistorySettings()
    churn = f"relative churn of {{}}: x / (x + {HALF['interface-churn']:g})"
    parts = {
        "interface": churn.format("the provider's specifications"),
        "provider": churn.format("the provider's code"),
        "consumer": churn.format("the consumer's code"),
        "fixes": f"fix commits on both sides: n / (n + {HALF['fixes']:g})",
    }
    for part, weight in CHANGE_WEIGHTS.items():
        yield fixed(part, weight, "weight", parts[part], JUDGEMENT if part == "fixes" else _BY_CHURN)
    yield fixed("largest churn", CHURN_CAP, "times rewritten", "beyond it a churn only says that the size is small")
    yield chosen(
        "history.enabled",
        "version control",
        "read" if history.enabled else "not read",
        "read",
        "",
        "whether change is looked at; without it every change is unknown",
    )
    yield chosen(
        "history.since_days", "period", history.since_days, default.since_days, "days", "how far back commits count"
    )
    yield chosen(
        "history.half_life_days",
        "half-life",
        history.half_life_days,
        default.half_life_days,
        "days",
        "after so many days a change counts half",
    )
    yield chosen(
        "history.fix_words",
        "words of fixes",
        ", ".join(history.fix_words),
        ", ".join(default.fix_words),
        "",
        "words in a commit's subject that make it a fix",
    )
    yield chosen(
        "history.bots",
        "bots",
        ", ".join((*BOTS, *history.bots)),
        ", ".join((*BOTS, *default.bots)),
        "",
        "authors whose commits are left out, as globs",
    )


def _words(settings: RiskSettings) -> Iterator[MethodRow]:
    money = sorted(MONEY)
    yield chosen(
        "risk.money_fields",
        "money",
        ", ".join((*money, *settings.money_fields)),
        ", ".join(money),
        "",
        "fields whose value is money; further words of a team count alike",
    )
    yield fixed("time", ", ".join(sorted(TIME)), "", "fields whose value is a time; so are names in `_at`")
    yield fixed("formats of time", ", ".join(sorted(TIME_FORMATS)), "", "formats that make a field a time")
    yield fixed("units", ", ".join(sorted(UNIT)), "", "fields whose value has a unit")
    yield fixed("transactions", ", ".join(sorted(TRANSACTIONAL)), "", "stores with transactions, which a stub lacks")
    yield fixed("caches", ", ".join(sorted(CACHES)), "", "stores whose entries expire")
