"""What a configuration leads to, loaded whole: either all of it can be used, or every fault is named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from dipwatch import __version__
from dipwatch.baseline import Knowledge, load_knowledge
from dipwatch.config import Config, LoadedConfig
from dipwatch.detect import Policy
from dipwatch.errors import ConfigError, Problem, ProblemsError
from dipwatch.extract import Model, Reader, load_model
from dipwatch.feeds.feed import Feed, load_feeds, merged
from dipwatch.feeds.own_list import with_own_list
from dipwatch.lexicon import Lexicon, load_lexicon
from dipwatch.model import Versions

_HASH_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything that decides on one subject. Its reader is built here, once, because that takes seconds."""

    name: str
    lexicon: Lexicon
    model: Model
    reader: Reader
    baseline: Knowledge
    policy: Policy
    versions: Versions


@dataclass(frozen=True, slots=True)
class Setup:
    """A configuration with what it names."""

    loaded: LoadedConfig
    subjects: Mapping[str, Subject]
    feeds: tuple[Feed, ...]

    @property
    def config(self) -> Config:
        """The configuration itself."""
        return self.loaded.config

    @property
    def counts(self) -> dict[str, int]:
        """How many feeds are listed, and how many of them are polled: for the log."""
        return {"feeds_listed": len(self.feeds), "feeds_polled": sum(feed.enabled for feed in self.feeds)}


def load_setup(loaded: LoadedConfig) -> Setup:
    """Load every subject and feed that a configuration names. Raises ConfigError with all problems of all of them."""
    subjects: dict[str, Subject] = {}
    feeds: list[Feed] = []
    problems: list[Problem] = []
    for name in loaded.config.subjects:
        try:
            subjects[name] = load_subject(loaded, name)
        except ProblemsError as error:
            problems.extend(error.problems)
        try:
            feeds.extend(load_feeds(loaded.subject_folder(name), name))
        except ProblemsError as error:
            problems.extend(error.problems)
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))  # a missing folder is missing for lexicon and feeds alike
    return Setup(loaded, subjects, with_own_list(loaded, merged(feeds)))


def load_subject(loaded: LoadedConfig, name: str) -> Subject:
    """Load what decides on one subject. Raises ConfigError."""
    folder = loaded.subject_folder(name)
    lexicon = load_lexicon(folder)
    model = load_model(folder)
    reader = Reader(lexicon, model)
    baseline = _baseline(loaded, lexicon, reader, name)
    policy = policy_of(loaded.config, model)
    versions = versions_of(policy, lexicon, model, baseline.version)
    return Subject(name, lexicon, model, reader, baseline, policy, versions)


def versions_of(policy: Policy, lexicon: Lexicon, model: Model, baseline: str) -> Versions:
    """Return the versions of all that decides; ``baseline`` is the version of what the seeds assert."""
    return Versions(
        program=__version__,
        config=_short_hash(asdict(policy)),
        lexicon=lexicon.version,
        baseline=baseline,
        model=model.version,
    )


def _baseline(loaded: LoadedConfig, lexicon: Lexicon, reader: Reader, name: str) -> Knowledge:
    """Derive what the seeds assert; a subject without seeds begins with nothing known."""
    seeds = loaded.seeds_folder(name)
    return load_knowledge(seeds, loaded.subject_folder(name), lexicon, reader) if seeds else Knowledge()


def policy_of(config: Config, model: Model) -> Policy:
    """Return the bounds of detection: what a configuration sets, else what the model was validated with."""
    detection, learned = config.detection, model.thresholds or {}
    policy = Policy(
        max_age=detection.max_age,
        warm_up=detection.warm_up,
        second_hand_alerts=detection.second_hand_alerts,
        look_back=config.polling.look_back,
    )
    alert = detection.alert_threshold
    if alert is None:
        alert = learned.get("alert", policy.alert_threshold)
    return replace(
        policy,
        alert_threshold=alert,
        record_threshold=min(alert, learned.get("record", policy.record_threshold)),
        same_threshold=learned.get("same", policy.same_threshold),
        told_threshold=learned.get("told", policy.told_threshold),
        update_threshold=learned.get("update", policy.update_threshold),
    )


def _short_hash(value: object) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]
