from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.extract.samples import NOON, Labelled, item, labelled

from dipwatch.extract import Reader
from dipwatch.model import Claim, Item, Kind, MentionSort, Reading, Role, Span, Status, TextType


def lead(reader: Reader, title: str, summary: str = "") -> Claim:
    """The leading claim of an item."""
    return reader.read(item(title, summary)).claims[0]


@pytest.mark.parametrize(
    "title",
    [
        "France and Germany agree on pensions",
        "Macron holds talks with Merz in Berlin",
        "Макрон провел переговоры с Мерцем в Берлине",
        "Макрон зустрівся з Мерцем у Берліні",
        "Mayor opens a new tram line",
        "היועץ נפגש עם נשיא רוסיה",
        "",
    ],
)
def test_an_item_without_the_subject_has_no_claims(reader: Reader, title: str) -> None:
    assert reader.read(item(title)).claims == ()
    assert reader.parse(item(title)) is None


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Macron holds talks with Merz in Berlin", "They spoke of aid for Ukraine."),
        ("Ukraine aid is on the table in Berlin", "Macron meets Merz."),
        ("Мерц и Макрон встретились", "Речь шла о замороженных активах России."),
        ("Зустріч у Берліні", "Говорили про замороженi активи. Росія проти."),
    ],
)
def test_title_or_summary_opens_the_gate(reader: Reader, title: str, summary: str) -> None:
    reading = reader.read(item(title, summary))
    assert reading.claims
    assert 0 <= reading.claims[0].score <= 1


@pytest.mark.parametrize(
    ("title", "actor"),
    [
        ("Розмову з путіним перенесено", "vladimir-putin"),
        ("Нові обмеження проти рф", "russia"),
        ("У кремлі та москві мовчать про перемовини", "russia"),
        ("Зустріч із лавровим не планується", "sergei-lavrov"),
        ("Разговор с путиным отложен", "vladimir-putin"),
    ],
)
def test_names_that_newsrooms_write_small_are_read(reader: Reader, title: str, actor: str) -> None:
    assert actor in {mention.ref for mention in reader.read(item(title)).mentions}


@pytest.mark.parametrize(
    ("title", "actor"),
    [
        ("US special envoy Robert Halvorsen is due in Kyiv", "united-states"),
        ("US special envoy Halvorsen is due in Kyiv", "united-states"),
        ("US special envoy is due in Kyiv", "steve-witkoff"),
        ("US special envoy Steve Witkoff is due in Kyiv", "steve-witkoff"),
    ],
)
def test_an_office_before_an_unknown_name_is_not_its_holders(reader: Reader, title: str, actor: str) -> None:
    assert next(mention.ref for mention in reader.read(item(title)).mentions) == actor


@pytest.mark.parametrize(
    "title",
    [
        "Tusk's trip to Lviv is put off",
        "Canada offers armour and Taurus missiles",
        "Allies agree on the post-war force",
        "EU to adopt the 21st package on Friday",
        "Черноморское соглашение продлено на два месяца",
        "Визит Туска во Львов отложен",
        "Сторони оголосили тишу на Великдень",
        "Литва розірвала дипвідносини",
    ],
)
def test_matters_of_the_war_alone_open_the_gate(reader: Reader, title: str) -> None:
    assert reader.parse(item(title)) is not None


def test_a_field_that_is_left_out_lends_its_context_and_no_more(reader: Reader) -> None:
    both = item("Talks on Ukraine in Berlin", "Merz said the talks went on.")
    whole, below = reader.parse(both), reader.parse(both, only="summary")
    assert whole is not None
    assert below is not None
    assert list(below.sentences) == list(whole.of_field("summary"))
    assert below.mentions == tuple(mention for mention in whole.mentions if mention.span.field == "summary")
    assert reader.parse(item("", both.summary)) is None


def test_the_gate_names_what_it_recognised_without_reading_on(reader: Reader) -> None:
    reading = reader.read(item("Macron holds talks with Merz in Berlin"))
    assert [mention.ref for mention in reading.mentions][:2] == ["emmanuel-macron", "friedrich-merz"]


@pytest.mark.parametrize(
    ("title", "actors", "venue"),
    [
        ("Talks in Istanbul between Russia and Ukraine", ["russia", "ukraine"], "istanbul"),
        (
            "Putin arrives in Moscow for talks with Witkoff",
            ["vladimir-putin", "russia", "steve-witkoff", "united-states"],
            "moscow",
        ),
        ("Moscow rejects Ukraine plan", ["russia", "ukraine"], None),
        ("Kyiv and Moscow agree to talks in Geneva", ["ukraine", "russia"], "geneva"),
        (
            "Kremlin hosts talks between Putin and Orban",
            ["russia", "vladimir-putin", "viktor-orban", "hungary"],
            "kremlin",
        ),
        (
            "В Москве прошла встреча Путина и Уиткоффа",
            ["vladimir-putin", "russia", "steve-witkoff", "united-states"],
            "moscow",
        ),
        ("Москва отвергла план Украины", ["russia", "ukraine"], None),
        ("У Стамбулі відбулися переговори України та Росії", ["ukraine", "russia"], "istanbul"),
        ("Київ відкинув план Москви", ["ukraine", "russia"], None),
        (
            "Ukrainian foreign minister Sybiha meets Rubio in Washington",
            ["andrii-sybiha", "ukraine", "marco-rubio", "united-states"],
            "washington",
        ),
    ],
)
def test_cities_are_told_from_the_powers_they_stand_for(
    reader: Reader, title: str, actors: list[str], venue: str | None
) -> None:
    claim = lead(reader, title)
    assert (list(claim.actors), claim.venue) == (actors, venue)


def test_each_actor_has_one_part_and_there_are_at_most_six(reader: Reader) -> None:
    title = "Zelensky, Macron, Starmer, Merz, Tusk, Meloni, Rubio and Erdogan meet on Ukraine; Zelensky thanks Macron"
    actors = lead(reader, title).actors
    assert len(actors) == len(set(actors)) == 6
    assert actors[0] == "volodymyr-zelensky"


@pytest.mark.parametrize(
    ("title", "roles"),
    [
        ("Zelensky meets Putin", [Role.SOURCE, Role.PARTY, Role.PARTY, Role.PARTY]),
        ("Kremlin rejects Ukraine's demand", [Role.SPEAKER, Role.TARGET]),
        ("Poland expels two Russian diplomats", [Role.SOURCE, Role.TARGET]),
    ],
)
def test_roles_follow_the_kind_of_act(reader: Reader, title: str, roles: list[Role]) -> None:
    assert [part.role for part in lead(reader, title).parts] == roles


def test_a_claim_carries_its_time_ordinal_numbers_and_quotation(reader: Reader) -> None:
    title = "Zelensky calls third round of talks with Russia on Friday 'a chance' to free 150 prisoners"
    claim = lead(reader, title)
    assert claim.ordinal == 3
    assert claim.when is not None
    assert claim.when.first.isoweekday() == 5
    assert [(each.value, each.unit) for each in claim.quantities] == [(150, "prisoners")]
    assert claim.quote is not None
    assert (claim.quote.text, claim.quote.speaker) == ("a chance", "volodymyr-zelensky")


@pytest.mark.parametrize(
    ("title", "negated", "conditional"),
    [
        ("Zelensky says Ukraine will not give up Donbas", True, False),
        ("Zelensky says Ukraine will give up Donbas", False, False),
        ("Ukraine ready for truce if Russia stops strikes", False, True),
        ("Песков: Россия не откажется от Донбасса", True, False),
        ("Україна не віддасть Донбас", True, False),
    ],
)
def test_negation_and_conditions_are_kept(reader: Reader, title: str, negated: bool, conditional: bool) -> None:  # noqa: FBT001 - a table's column
    claim = lead(reader, title)
    assert (claim.negated, bool(claim.conditions)) == (negated, conditional)
    assert claim.conditions in title


@pytest.mark.parametrize(
    ("title", "unnamed"),
    [
        ("Trump could meet Putin in Turkey, sources say", True),
        ("Трамп может встретиться с Путиным, сообщают источники", True),
        ("За даними джерел, Київ готовий до перемир'я", True),
        ("Trump meets Putin in Turkey", False),
    ],
)
def test_unnamed_sources_are_noted(reader: Reader, title: str, unnamed: bool) -> None:  # noqa: FBT001 - a table's column
    assert lead(reader, title).unnamed_source is unnamed


@pytest.mark.parametrize(
    ("title", "text_type"),
    [
        ("Zelensky meets Macron in Paris", TextType.NEWS),
        ("Opinion: Ukraine deserves better guarantees", TextType.OPINION),
        ("Analysis: why Putin turned down the plan", TextType.ANALYSIS),
        ("Explainer: what is in the Ukraine peace plan", TextType.EXPLAINER),
        ("Ukraine war live: Zelensky meets Macron", TextType.LIVE),
        ("Podcast: Ukraine after the summit", TextType.PODCAST),
    ],
)
def test_the_type_of_a_text_is_told_by_its_marks(reader: Reader, title: str, text_type: TextType) -> None:
    assert reader.read(item(title)).text_type is text_type


@pytest.mark.parametrize(
    ("news", "other"),
    [
        ("Zelensky meets Macron in Paris", "Opinion: Zelensky meets Macron in Paris too often"),
        ("Zelensky meets Macron in Paris", "Will Zelensky meet Macron in Paris?"),
        ("Kremlin rejects truce with Ukraine", "Strikes on Kharkiv kill two"),
        ("Путин встретился с Уиткоффом", "Удар дронов по Харькову: погибли двое"),
        ("Зеленський зустрівся з Макроном", "Росія вдарила по Харкову: двоє загиблих"),
    ],
)
def test_an_act_scores_above_what_is_none(reader: Reader, news: str, other: str) -> None:
    others = reader.read(item(other)).claims
    assert lead(reader, news).score > (others[0].score if others else 0)


@pytest.mark.parametrize(
    ("title", "stance"),
    [
        ("Україна відхилила вимогу Росії вивести війська з Донбасу", None),
        ("Ukraine's foreign ministry rejects ceding Donbas", "rejects-any-cession"),
        ("Kremlin rejects European troops in Ukraine", "rejects-foreign-troops"),
    ],
)
def test_a_rejected_demand_is_not_the_stance_of_who_rejects_it(reader: Reader, title: str, stance: str | None) -> None:
    assert reader.read(item(title)).claims[0].stance == stance


def test_an_unknown_envoy_is_mentioned_by_name(reader: Reader) -> None:
    reading = reader.read(item("Kremlin receives Malta's special envoy Jane Roe in Moscow"))
    unknown = [mention for mention in reading.mentions if mention.sort is MentionSort.UNKNOWN_PERSON]
    assert [(mention.ref, mention.via) for mention in unknown] == [("Jane Roe", "title")]


def test_weekdays_count_from_the_publication_not_from_the_first_sight(reader: Reader) -> None:
    old = item("Zelensky to meet Macron on Monday", published=NOON - timedelta(days=10))
    when = reader.read(old).claims[0].when
    assert when is not None
    assert when.first == datetime(2025, 11, 24, tzinfo=UTC).date()


def test_further_sentences_make_further_claims_behind_the_leading_one(reader: Reader) -> None:
    claims = reader.read(
        item("Zelensky meets Macron in Paris", "France signs an agreement with Ukraine. Weather was fine.")
    ).claims
    assert [(claim.kind, claim.span.field) for claim in claims] == [
        (Kind.MEETING, "title"),
        (Kind.AGREEMENT, "summary"),
    ]
    assert claims[0].score == claims[1].score


@pytest.mark.parametrize("by", ["reader", "learned_reader"], ids=["by rules", "as learned"])
@pytest.mark.parametrize(
    ("table", "least", "least_each"), [("kinds.tsv", 0.85, 0.5), ("statuses.tsv", 0.8, 0.6)], ids=["kinds", "statuses"]
)
def test_kinds_and_statuses_of_plain_headlines_are_told(
    request: pytest.FixtureRequest, by: str, table: str, least: float, least_each: float
) -> None:
    """Floors over sentences that nothing was fitted to; `make eval` measures on real ones."""
    chosen: Reader = request.getfixturevalue(by)
    sentences = labelled(table)
    missed = [each for each in sentences if each.label not in _told(chosen.read(item(each.text)))]
    report = "\n".join(f"{each.label}: {each.text}" for each in missed)
    assert 1 - len(missed) / len(sentences) >= least, report
    for label in dict.fromkeys(each.label for each in sentences):
        of_label = [each for each in sentences if each.label == label]
        right = len(of_label) - sum(each.label == label for each in missed)
        assert right / len(of_label) >= least_each, f"{label}\n{report}"


def _told(reading: Reading) -> set[str]:
    return {reading.claims[0].kind, reading.claims[0].status} if reading.claims else set()


def test_reading_is_deterministic_and_leaves_no_trace(reader: Reader) -> None:
    items = [item(each.text, other.text) for each, other in zip(*_halves(), strict=True)]
    once = [reader.read(each) for each in items]
    assert [reader.read(each) for each in reversed(items)] == once[::-1]


def _halves() -> tuple[list[Labelled], list[Labelled]]:
    sentences = labelled("kinds.tsv")
    half = len(sentences) // 2
    return sentences[:half], sentences[half : 2 * half]


NAMES = [
    "Zelensky",
    "Путин",
    "Україна",
    "Kremlin",
    "Trump",
    "Istanbul",
    "Женева",
    "ЄС",
    "U.S.",
    "foreign minister Jane Roe",
]
WORDS = [
    "meets",
    "rejects",
    "встретился с",
    "переговори",
    "says",
    ":",
    ",",
    ".",
    "?",
    "«план»",
    "'no deal'",
    "on Friday",
]
MORE = ["€90bn", "third round", "not", "if", "\n", "\u200f", "שלום", "🕊", "é́", "\u200b", "’s", "—", "...", "1 000 тел"]
TEXTS = st.one_of(
    st.text(max_size=120),
    st.lists(st.sampled_from([*NAMES, *WORDS, *MORE]), max_size=25).map(" ".join),
    st.lists(st.sampled_from([*NAMES, *WORDS, *MORE]), max_size=12).map("".join),
)


def _spans(reading: Reading) -> Iterable[tuple[Span, str]]:
    yield from ((mention.span, mention.text) for mention in reading.mentions)
    yield from ((claim.span, claim.evidence) for claim in reading.claims)
    yield from ((claim.quote.span, claim.quote.text) for claim in reading.claims if claim.quote)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(title=TEXTS, summary=TEXTS)
def test_any_text_is_read_with_spans_that_hold_what_they_claim(reader: Reader, title: str, summary: str) -> None:
    read = reader.read(item(title, summary))
    texts = {"title": title, "summary": summary}
    for span, text in _spans(read):
        assert 0 <= span.start < span.end <= len(texts[span.field])
        assert texts[span.field][span.start : span.end] == text
    assert reader.read(item(title, summary)) == read
    assert all(0 <= claim.score <= 1 for claim in read.claims)


@pytest.mark.parametrize(
    "text", ["Ukraine " * 2_000, "Путин, " * 2_000, "Kyiv" * 8_000, "«" * 32_000, "Київ. " * 5_000]
)
def test_long_texts_are_read_in_time(reader: Reader, text: str) -> None:
    reader.read(item(text))


def test_an_item_without_a_date_is_read_from_its_first_sight(reader: Reader) -> None:
    undated: Item = item("Zelensky to meet Macron tomorrow", published=None)
    claim = reader.read(undated).claims[0]
    assert claim.when is not None
    assert claim.when.first == (NOON + timedelta(days=1)).date()
    assert claim.status is Status.PLANNED


@pytest.mark.parametrize(
    ("title", "kind", "status"),
    [
        ("Prisoner swap postponed by two days", Kind.HUMANITARIAN, Status.POSTPONED),
        ("Перемирие перенесли на неделю", Kind.CEASEFIRE, Status.POSTPONED),
        ("Перемир'я зірвано вже вночі", Kind.CEASEFIRE, Status.CANCELLED),
        ("Черговий обмін відбувся на світанку", Kind.HUMANITARIAN, Status.HAPPENED),
    ],
)
def test_where_nobody_is_named_such_an_act_is_the_parties(
    reader: Reader, title: str, kind: Kind, status: Status
) -> None:
    claim = reader.read(item(title)).claims[0]
    assert (claim.kind, claim.status) == (kind, status)
    assert set(claim.actors) == {"russia", "ukraine"}


def test_other_acts_without_names_have_nobody(reader: Reader) -> None:
    assert reader.read(item("Ухвалення пакета санкцій відклали")).claims[0].actors == ()


@pytest.mark.parametrize(
    "title",
    [
        "A year after the Istanbul talks, envoys look back",
        "Three years since the grain deal: what Odesa remembers",
        "Год спустя после переговоров в Стамбуле",
        "Роковини переговорів у Стамбулі",
    ],
)
def test_an_anniversary_is_a_look_back(reader: Reader, title: str) -> None:
    assert reader.read(item(title)).text_type is TextType.RECAP
