"""Train the linear models of a subject from labelled items and write them as data.

    python benchmarks/train.py            # writes config/subjects/ukraine/model.json and prints what it weighs

What is learned: relevance (a development or not), kind, status, who takes part, who states a position on what, which
reports are of one development.
Features are those of ``dipwatch.extract.features`` and ``dipwatch.detect.slots``; names are masked, what one outlet
contributes is capped, rare features are left out. scikit-learn is needed here only; the result is JSON.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from labelled import Labelled, own_texts, read_stream, ruuk, train_items
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from dipwatch.detect.group import rarities_of
from dipwatch.detect.known import Development, Known, Trace
from dipwatch.detect.slots import candidate_of, compare
from dipwatch.extract import Model, Parsed, Reader, features
from dipwatch.extract.claims import ClaimFinder
from dipwatch.extract.lead import leading_sentence
from dipwatch.extract.model import FORMAT
from dipwatch.extract.position import (
    direction_features,
    holder_features,
    issue_features,
    likeliest,
    position_features,
)
from dipwatch.extract.who import actor_features
from dipwatch.lexicon import Lexicon, load_lexicon
from dipwatch.linear import Choice, Linear
from dipwatch.model import Reading, Severity, TextType
from dipwatch.shipped import shipped

FOLDER = ("config", "subjects", "ukraine")
RARE = 3
"""A feature must occur in so many items to be weighed."""
OUTLET_CAP = 250
"""As many items of one outlet and period count whole; beyond, all of them count proportionally less."""
WRITTEN = frozenset({"ruuk", "own"})
"""Periods of texts written for the purpose: three of four tell of a development, where a feed has one of six."""
WRITTEN_NO = 4.0
"""How much more their other texts count, so that the language itself does not speak for a development."""
WRITTEN_SHARE = 0.5
"""How much a text written for the purpose counts beside a real one.

More of it lifts what is read of other authors and lowers what is read of the labelled streams.
"""
STRENGTH = {
    "relevance": 0.1,
    "kinds": 0.3,
    "statuses": 1.0,
    "actors": 1.0,
    "pairs": 1.0,
    "positions": 0.1,
    "holders": 1.0,
    "issues": 1.0,
    "directions": 0.03,
}
"""Inverse regularisation (scikit-learn's C), chosen by leaving out one period at a time."""
BALANCE = 0.85
"""How far rare kinds and statuses are weighed up: 0 not at all, 1 until all count the same."""
DIRECTION_BALANCE = 0.5
"""The same for directions: half of them harden."""
PRECISION = {"alert": 0.85, "record": 0.79}
"""Out-of-fold precision over items from which on an item alerts, or stands in the log."""
PAIR_WINDOW = timedelta(days=14)
DIGITS = 3
LIGHT = 0.02
"""Weights below it change no decision and double the file."""


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled item with what was recognised in it and its features."""

    labelled: Labelled
    parsed: Parsed
    seen: dict[str, float]


def rows_of(labelled: Iterable[Labelled], reader: Reader) -> list[Row]:
    """Parse the items that open the gate; the others teach nothing."""
    rows = []
    for each in labelled:
        parsed = reader.parse(each.item)
        if parsed is not None:
            rows.append(Row(each, parsed, features(parsed, reader.lexicon)))
    return rows


def fit(rows: Sequence[Row], lexicon: Lexicon) -> Model:
    """Train all models on the rows."""
    yes = [row for row in rows if row.labelled.yes and row.labelled.label]
    model = Model(
        relevance=_logistic(
            [row.seen for row in rows], [row.labelled.yes for row in rows], "relevance", _weights(rows)
        ),
        kinds=_choice(yes, "kind", "kinds"),
        statuses=_choice(yes, "status", "statuses"),
        actors=_actors(yes, lexicon),
        holders=_candidates(yes, lexicon, "holders"),
        issues=_candidates(yes, lexicon, "issues"),
    )
    model = replace(model, positions=_positions(rows, model, lexicon), directions=_directions(yes, model, lexicon))
    return replace(model, pairs=_pairs(yes, ClaimFinder(lexicon, model), lexicon))


def _label(row: Row) -> Mapping[str, Any]:
    return row.labelled.label or {}


def _weights(rows: Sequence[Row]) -> list[float]:
    counts = Counter((row.labelled.item.source, row.labelled.period) for row in rows)
    shares = [min(1.0, OUTLET_CAP / counts[row.labelled.item.source, row.labelled.period]) for row in rows]
    return [
        share * _worth(row) * (WRITTEN_NO if row.labelled.period in WRITTEN and not row.labelled.yes else 1.0)
        for share, row in zip(shares, rows, strict=True)
    ]


def _worth(row: Row) -> float:
    return WRITTEN_SHARE if row.labelled.period in WRITTEN else 1.0


def _logistic(
    seen: Sequence[Mapping[str, float]], wanted: Sequence[bool], what: str, weights: Sequence[float] | None = None
) -> Linear:
    common = Counter(name for each in seen for name in each)
    kept = [{name: value for name, value in each.items() if common[name] >= RARE} for each in seen]
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(kept)
    fitted = LogisticRegression(C=STRENGTH[what], max_iter=3000).fit(matrix, wanted, sample_weight=weights)
    names = vectorizer.get_feature_names_out()
    return _rounded(float(fitted.intercept_[0]), zip(names, fitted.coef_[0], strict=True))


def _rounded(bias: float, weights: Iterable[tuple[str, float]]) -> Linear:
    kept = {str(name): round(float(weight), DIGITS) for name, weight in weights}
    return Linear(round(bias, DIGITS), {name: weight for name, weight in sorted(kept.items()) if abs(weight) >= LIGHT})


def _choice(yes: Sequence[Row], key: str, what: str) -> Choice:
    """Train one model for each label, against the others; rare labels count more, or they would never win."""
    labels = [str(_label(row)[key]) for row in yes]
    counts = Counter(labels)

    def one(label: str) -> Linear:
        worth = (len(labels) / counts[label]) ** BALANCE
        weights = [_worth(row) * (worth if each == label else 1.0) for row, each in zip(yes, labels, strict=True)]
        return _logistic([row.seen for row in yes], [each == label for each in labels], what, weights)

    return Choice({label: one(label) for label in sorted(counts)})


def _actors(yes: Sequence[Row], lexicon: Lexicon) -> Linear:
    seen: list[Mapping[str, float]] = []
    wanted: list[bool] = []
    for row in yes:
        lead = leading_sentence(row.parsed)
        if lead is None:
            continue
        gold = {name.lower() for name in _label(row)["actors"]}
        for actor, found in actor_features(row.parsed, lead, lexicon).items():
            seen.append(found)
            wanted.append(lexicon.name(actor).lower() in gold)
    return _logistic(seen, wanted, "actors")


def _candidates(yes: Sequence[Row], lexicon: Lexicon, what: str) -> Linear:
    """Learn which of those named holds the position that an item states, or which issue it is on."""
    seen: list[Mapping[str, float]] = []
    wanted: list[bool] = []
    for row in yes:
        shift = _label(row)["shift"]
        if shift and what == "holders":
            for principal, found in holder_features(row.parsed, lexicon).items():
                seen.append(found)
                wanted.append(_holds(principal, shift, row, lexicon))
        elif shift:
            for issue, found in issue_features(row.parsed, lexicon).items():
                seen.append(found)
                wanted.append(lexicon.issues[issue].output == shift["issue"])
    return _logistic(seen, wanted, what)


def _names(principal: str, parsed: Parsed, lexicon: Lexicon) -> set[str]:
    """Return the names of a principal and of those who speak for it in an item: the labels use either."""
    refs = [m.ref for m in parsed.mentions if m.ref in lexicon.actors and lexicon.principal(m.ref) == principal]
    return {lexicon.name(ref).lower() for ref in (principal, *refs)}


def _positions(rows: Sequence[Row], model: Model, lexicon: Lexicon) -> Linear:
    """Learn which items state a position, from all of them: what is no development states none that counts."""
    seen: list[Mapping[str, float]] = []
    wanted: list[bool] = []
    for row in rows:
        holders, issues = holder_features(row.parsed, lexicon), issue_features(row.parsed, lexicon)
        if holders and model.holders and model.issues:
            holder, issue = likeliest(model.holders, holders)[0], likeliest(model.issues, issues)[0]
            seen.append(position_features(row.seen, holders[holder], issues[issue]))
            wanted.append(row.labelled.yes and bool(_label(row)["shift"]))
    return _logistic(seen, wanted, "positions")


def _directions(yes: Sequence[Row], model: Model, lexicon: Lexicon) -> Choice:
    """Learn which way a stated position moves, from those of a known holder and issue where the item names them."""
    seen: list[Mapping[str, float]] = []
    labels: list[str] = []
    for row in yes:
        holders, issues = holder_features(row.parsed, lexicon), issue_features(row.parsed, lexicon)
        shift = _label(row)["shift"]
        if shift and holders and model.holders and model.issues:
            right = {name: found for name, found in holders.items() if _holds(name, shift, row, lexicon)}
            on = {name: found for name, found in issues.items() if lexicon.issues[name].output == shift["issue"]}
            holder = likeliest(model.holders, right or holders)[0]
            issue = likeliest(model.issues, on or issues)[0]
            about = position_features(row.seen, holders[holder], issues[issue])
            seen.append(direction_features(about, row.parsed, holder, issue, lexicon))
            labels.append(str(shift["direction"]))
    counts = Counter(labels)

    def one(label: str) -> Linear:
        worth = (len(labels) / counts[label]) ** DIRECTION_BALANCE
        weights = [worth if each == label else 1.0 for each in labels]
        return _logistic(seen, [each == label for each in labels], "directions", weights)

    return Choice({label: one(label) for label in sorted(counts)})


def _holds(principal: str, shift: Mapping[str, Any], row: Row, lexicon: Lexicon) -> bool:
    return shift["actor"].lower() in _names(principal, row.parsed, lexicon)


def _pairs(yes: Sequence[Row], finder: ClaimFinder, lexicon: Lexicon) -> Linear:
    """Learn from pairs of reports within the window: of one development, or of two.

    Our own texts teach nothing here: nearly each tells of an act of its own, which feeds do not.
    """
    reports = [(row, reading_of(row, finder)) for row in yes if _thread(row) and row.labelled.period != "own"]
    reports = sorted(((row, r) for row, r in reports if r.claims), key=lambda report: report[1].item.when)
    known = Known(lexicon)
    for number, (_, reading) in enumerate(reports):
        known.developments[str(number)] = _lone(str(number), reading)
    rarities = rarities_of(known)
    seen: list[Mapping[str, float]] = []
    wanted: list[bool] = []
    for place, (row, reading) in enumerate(reports):
        for earlier, trace in _earlier(reports[:place], reading):
            seen.append(compare(candidate_of(reading), trace, lexicon, rarities))
            wanted.append(_thread(row) == _thread(earlier))
    return _logistic(seen, wanted, "pairs")


def reading_of(row: Row, finder: ClaimFinder) -> Reading:
    """Return what is read in a row's item with one model."""
    item, parsed = row.labelled.item, row.parsed
    return Reading(item, parsed.language, TextType.NEWS, parsed.mentions, finder.find(parsed, row.seen))


def _lone(name: str, reading: Reading) -> Development:
    claim, when = reading.claims[0], reading.item.when
    lone = Development(name, claim.kind, claim.status, Severity.LOW, 0.5, when, when)
    lone.traces.append(_trace(reading))
    return lone


def _trace(reading: Reading) -> Trace:
    it, seen = candidate_of(reading), reading.item
    return Trace(it.claim, it.title, it.when, seen.source, it.language, it.words, it.concepts)


def _earlier(reports: Sequence[tuple[Row, Reading]], reading: Reading) -> Iterable[tuple[Row, Trace]]:
    for earlier, other in reversed(reports):
        if reading.item.when - other.item.when > PAIR_WINDOW:
            return
        yield earlier, _trace(other)


def _thread(row: Row) -> str:
    label = _label(row)
    return str(label.get("thread") or label.get("event") or "")


def as_data(model: Model, thresholds: Mapping[str, float]) -> dict[str, Any]:
    """Return a model as it is written."""

    def linear(one: Linear | None) -> dict[str, Any] | None:
        return {"bias": one.bias, "weights": dict(one.weights)} if one else None

    return {
        "format": FORMAT,
        "thresholds": dict(thresholds),
        "relevance": linear(model.relevance),
        "kinds": {label: linear(one) for label, one in model.kinds.labels.items()},
        "statuses": {label: linear(one) for label, one in model.statuses.labels.items()},
        "actors": linear(model.actors),
        "pairs": linear(model.pairs),
        "positions": linear(model.positions),
        "holders": linear(model.holders),
        "issues": linear(model.issues),
        "directions": {label: linear(one) for label, one in model.directions.labels.items()},
    }


def out_of_fold(rows: Sequence[Row]) -> dict[str, float]:
    """Return each item's relevance as predicted by a model that has not seen its period."""
    by_period: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_period[row.labelled.period].append(row)
    scores: dict[str, float] = {}
    for period, held in by_period.items():
        others = [row for row in rows if row.labelled.period != period]
        wanted = [row.labelled.yes for row in others]
        relevance = _logistic([row.seen for row in others], wanted, "relevance", _weights(others))
        scores |= {row.labelled.item.id: relevance.probability(row.seen) for row in held}
    return scores


def thresholds_of(rows: Sequence[Row], scores: Mapping[str, float]) -> dict[str, float]:
    """Return the thresholds for the precisions wanted, chosen on what feeds of this time look like."""
    recent = [row for row in rows if row.labelled.period.startswith("2025")]
    return {name: threshold_for(recent, scores, precision) for name, precision in PRECISION.items()}


def threshold_for(rows: Sequence[Row], scores: Mapping[str, float], precision: float) -> float:
    """Return the lowest threshold from which on the out-of-fold precision over items stays at least as wanted."""
    ranked = sorted(((scores[row.labelled.item.id], row.labelled.yes) for row in rows), reverse=True)
    hits, best = 0, 1.0
    for place, (score, yes) in enumerate(ranked, start=1):
        hits += yes
        if hits / place >= precision:
            best = score
    return round(best, DIGITS)


def main() -> int:
    """Train on everything that is labelled and write the model."""
    folder = shipped(*FOLDER)
    lexicon = load_lexicon(folder)
    reader = Reader(lexicon)
    rows = rows_of([*read_stream(), *train_items(), *ruuk(), *own_texts()], reader)
    model = fit(rows, lexicon)
    thresholds = thresholds_of(rows, out_of_fold(rows))
    path = Path(folder) / "model.json"
    path.write_text(json.dumps(as_data(model, thresholds), indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(rows)} items, thresholds {thresholds}, {path.stat().st_size // 1024} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
