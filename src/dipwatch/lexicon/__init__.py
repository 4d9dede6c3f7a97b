"""What dipwatch knows of a field: its actors, offices, venues, issues and cue words, and how their names are found."""

from dipwatch.lexicon.declension import declensions
from dipwatch.lexicon.entries import (
    Actor,
    Cue,
    Gate,
    Indicator,
    Issue,
    Office,
    Scenario,
    Stance,
    Subject,
    Tenure,
    Venue,
)
from dipwatch.lexicon.explain import NameExplained, Suggestion, explain_name, lexicon_report, suggest
from dipwatch.lexicon.lexicon import Lexicon
from dipwatch.lexicon.loader import load_lexicon
from dipwatch.lexicon.names import Names, OpenName
from dipwatch.lexicon.patterns import CueHit, IssueHit, Patterns, StanceHit
from dipwatch.lexicon.reading import Words
from dipwatch.lexicon.tokens import Sentence, Token, fold, split_sentences

__all__ = [
    "Actor",
    "Cue",
    "CueHit",
    "Gate",
    "Indicator",
    "Issue",
    "IssueHit",
    "Lexicon",
    "NameExplained",
    "Names",
    "Office",
    "OpenName",
    "Patterns",
    "Scenario",
    "Sentence",
    "Stance",
    "StanceHit",
    "Subject",
    "Suggestion",
    "Tenure",
    "Token",
    "Venue",
    "Words",
    "declensions",
    "explain_name",
    "fold",
    "lexicon_report",
    "load_lexicon",
    "split_sentences",
    "suggest",
]
