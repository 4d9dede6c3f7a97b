"""Made-up feeds for measuring ingestion: the same at every run, as large and as dull as real ones.

Three of four are RSS 2.0 with the modules publishers use, one is Atom; about 71 KB and 50 items each, of which some 3%
are about the shipped subject, as in real streams. All sentences are our own.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

ITEMS = 50
RELEVANT = 0.03
_PARAGRAPHS = 4
_ABOUT = {
    "who": ("Zelensky", "Lavrov", "Witkoff", "Rubio", "Sybiha", "Dmitriev", "Umerov", "Ushakov", "Macron", "Fidan"),
    "where": ("Geneva", "Istanbul", "Riyadh", "Abu Dhabi", "Vienna", "Paris", "Ankara", "Berlin", "Jeddah", "Doha"),
    "what": (
        "a prisoner exchange between Russia and Ukraine",
        "security guarantees for Ukraine",
        "a ceasefire in Ukraine",
        "frozen Russian assets",
        "the Zaporizhzhia nuclear plant",
        "the line of contact in Donbas",
    ),
}
_ABOUT_TITLES = (
    "{who} to meet {other} in {where} over {what}",
    "{who} rejects the latest draft on {what}",
    "{who} and {other} end talks in {where}, next round on {what} agreed",
    "{who} says no decision on {what} before the {where} meeting",
    "{where} offers to host talks on {what}, {who} agrees",
)
_OTHER = {
    "who": ("The harbour board", "A village choir", "The county council", "A dairy cooperative", "The rowing club"),
    "where": ("the old mill", "Northgate", "the river delta", "Eastfield", "the market square", "the coast road"),
    "what": (
        "a new timetable for the ferries",
        "the price of barley",
        "the restoration of the organ",
        "a late frost in the orchards",
        "the lost-and-found of the tram company",
        "a record catch of herring",
        "the repair of the swimming hall",
    ),
}
_OTHER_TITLES = (
    "{who} argues about {what} once more",
    "{who} opens an exhibition on {what} at {where}",
    "How {what} changed life around {where}",
    "Rain delays work at {where}; {what} must wait",
    "{who} wins the cup at {where}",
    "Readers write: {what}, and what to do about it",
)
_FILLERS = (
    "Those who waited since the morning were told that the papers would come later in the day.",
    "A second look at the figures shows less than the first one promised, but more than last year.",
    "Nobody at the meeting wished to be the first to speak, so the chair read out the minutes.",
    "The bill will be discussed in the committee before the summer, and again after it.",
    "Two neighbours remember how the matter began, and each remembers it differently.",
    "Whether the money lasts until the spring depends on a decision that has been put off twice.",
    "The photographs show what words have trouble with: a long queue, a closed door, a dog asleep.",
)

_RSS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/">\n'
    "<channel><title>Herald {number}</title><link>https://herald-{number}.example/</link>"
    "<description>News of the day</description><language>en</language><ttl>30</ttl>\n"
)
_RSS_ITEM = (
    '<item><title>{title}</title><link>{link}</link><guid isPermaLink="false">herald-{number}-{serial}</guid>'
    "<pubDate>{mail_date}</pubDate><dc:creator>Desk {number}</dc:creator><category>news</category>"
    "<category>section {section}</category><description>{summary}</description>"
    "<content:encoded><![CDATA[{body}]]></content:encoded>"
    '<media:content url="{link}.jpg" medium="image" width="640" height="360"/></item>\n'
)
_RSS_FOOT = "</channel></rss>\n"
_ATOM_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
    "<title>Herald {number}</title><id>urn:herald:{number}</id><updated>{date}</updated>"
    '<link rel="alternate" href="https://herald-{number}.example/"/>\n'
)
_ATOM_ITEM = (
    '<entry><title>{title}</title><id>urn:herald:{number}:{serial}</id><link rel="alternate" href="{link}"/>'
    "<published>{date}</published><updated>{date}</updated><author><name>Desk {number}</name></author>"
    '<category term="news"/><category term="section {section}"/><summary>{summary}</summary>'
    '<content type="html">{escaped_body}</content></entry>\n'
)
_ATOM_FOOT = "</feed>\n"


@dataclass(frozen=True, slots=True)
class MadeFeed:
    """A feed. Its first edition holds ITEMS items, each further one adds one at the top."""

    number: int
    start: datetime
    """When the newest item of the first edition was published."""

    @property
    def is_atom(self) -> bool:
        """Whether it is Atom; otherwise RSS."""
        return self.number % 4 == 3

    def document(self, edition: int = 0) -> bytes:
        """Return an edition; an item that is added pushes the oldest out, as in real feeds."""
        head, item, foot = (_ATOM_HEAD, _ATOM_ITEM, _ATOM_FOOT) if self.is_atom else (_RSS_HEAD, _RSS_ITEM, _RSS_FOOT)
        serials = range(edition + ITEMS - 1, edition - 1, -1)
        items = (item.format(**self._slots(serial)) for serial in serials)
        return "".join((head.format(number=self.number, date=self.start.isoformat()), *items, foot)).encode()

    def _slots(self, serial: int) -> dict[str, object]:
        """Return what an item says; it depends on the feed's and the item's number alone."""
        chance = random.Random(self.number * 1_000_003 + serial)
        about = chance.random() < RELEVANT
        published = self.start + timedelta(minutes=37 * (serial - ITEMS + 1))
        link = f"https://herald-{self.number}.example/{serial}/read.html"
        body = "".join(f"<p>{escape(_sentence(chance, about=about))}</p>" for _ in range(_PARAGRAPHS))
        body += f'<p><a href="{link}?ref=rss&amp;from=feed" onclick="count()">More</a></p>'
        return {
            "number": self.number,
            "serial": serial,
            "section": serial % 7,
            "title": escape(_title(chance, about=about)),
            "summary": escape(f"{_title(chance, about=about)}. {chance.choice(_FILLERS)}"),
            "link": link,
            "date": published.isoformat(),
            "mail_date": format_datetime(published),
            "body": body,
            "escaped_body": escape(body),
        }


def made_feeds(count: int, start: datetime) -> tuple[MadeFeed, ...]:
    """Return ``count`` feeds whose newest items are of ``start`` (aware UTC)."""
    return tuple(MadeFeed(number, start) for number in range(count))


def _title(chance: random.Random, *, about: bool) -> str:
    return _filled(chance, _ABOUT_TITLES, _ABOUT) if about else _filled(chance, _OTHER_TITLES, _OTHER)


def _sentence(chance: random.Random, *, about: bool) -> str:
    return f"{_title(chance, about=about)}. {chance.choice(_FILLERS)}"


def _filled(chance: random.Random, titles: Sequence[str], words: dict[str, tuple[str, ...]]) -> str:
    who, other = chance.sample(words["who"], 2)
    title = chance.choice(titles)
    return title.format(who=who, other=other, where=chance.choice(words["where"]), what=chance.choice(words["what"]))
