"""Reads items: text in, mentions and claims out. Pure functions of the text, the lexicon and the model."""

from dipwatch.extract.features import features
from dipwatch.extract.language import detect_language
from dipwatch.extract.model import Model, load_model
from dipwatch.extract.parsed import Parsed, ParsedSentence
from dipwatch.extract.reader import Reader, StreamReader
from dipwatch.extract.rules import Scored, score_by_rules

__all__ = [
    "Model",
    "Parsed",
    "ParsedSentence",
    "Reader",
    "Scored",
    "StreamReader",
    "detect_language",
    "features",
    "load_model",
    "score_by_rules",
]
