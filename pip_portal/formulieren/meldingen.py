"""What a text about the street is about, from the words in it; and whether it seems to tell who somebody is.

Only ever a proposal and a warning: the citizen decides.
"""

import re

# Category -> beginnings of words, in Dutch and English. Whoever names the most of them wins; a tie goes to the first.
WOORDEN: dict[str, tuple[str, ...]] = {
    "verlichting": (
        "lantaarn",
        "straatlamp",
        "straatlicht",
        "straatverlichting",
        "verlichting",
        "lichtmast",
        "lamp",
        "donker",
        "street light",
        "streetlight",
        "dark",
    ),
    "verkeer": (
        "verkeerslicht",
        "stoplicht",
        "verkeersbord",
        "bord",
        "straatnaambord",
        "verkeersregel",
        "traffic light",
        "traffic sign",
        "road sign",
        "sign",
    ),
    "graffiti": ("graffiti", "beklad", "plakkaat", "plakkaten", "sticker", "spuitbus", "poster"),
    "speelplek": ("speel", "schommel", "glijbaan", "wip", "klimrek", "zandbak", "trapveld", "playground", "swing"),
    "afval": (
        "afval",
        "container",
        "vuilnis",
        "zwerfvuil",
        "grofvuil",
        "kliko",
        "prullenbak",
        "vuilniszak",
        "troep",
        "gedumpt",
        "rommel",
        "waste",
        "trash",
        "rubbish",
        "litter",
        "garbage",
        "bin",
    ),
    "dieren": (
        "rat",
        "ratten",
        "muis",
        "muizen",
        "ongedierte",
        "wesp",
        "duif",
        "duiven",
        "hond",
        "kat",
        "kadaver",
        "eikenprocessierups",
        "processierups",
        "vermin",
        "wasp",
        "pigeon",
        "dog",
    ),
    "water": (
        "riool",
        "put",
        "sloot",
        "wateroverlast",
        "overstrom",
        "kolk",
        "gracht",
        "vijver",
        "plas",
        "verstopt",
        "sewer",
        "drain",
        "flood",
        "ditch",
    ),
    "bomen": ("boom", "bomen", "tak", "takken", "stronk", "tree", "branch"),
    "groen": (
        "gras",
        "struik",
        "plant",
        "onkruid",
        "heg",
        "haag",
        "perk",
        "berm",
        "maaien",
        "snoei",
        "groen",
        "grass",
        "bush",
        "weed",
        "hedge",
    ),
    "weg": (
        "tegel",
        "stoep",
        "trottoir",
        "fietspad",
        "wegdek",
        "gat",
        "kuil",
        "klinker",
        "asfalt",
        "verzak",
        "weg",
        "straat",
        "stoeprand",
        "paaltje",
        "pavement",
        "road",
        "pothole",
        "tile",
        "cycle path",
    ),
    "overlast": (
        "overlast",
        "lawaai",
        "geluid",
        "herrie",
        "hangjongere",
        "jongeren",
        "buren",
        "schreeuw",
        "drugs",
        "dealen",
        "dronken",
        "noise",
        "nuisance",
        "loud",
    ),
}
HEEL = ("put", "rat", "kat", "weg", "gat", "tak", "heg", "wip", "bord", "dog", "bin", "sign", "dark", "plas", "tile")
_PATRONEN = {
    categorie: re.compile(
        r"\b(?:"
        + "|".join(re.escape(woord) + (r"(?:jes|je|en|s)?\b" if woord in HEEL else "") for woord in woorden)
        + ")"
    )
    for categorie, woorden in WOORDEN.items()
}
# A Dutch number plate as it is written, a phone number, an e-mail address, or somebody named with a title.
_KENTEKEN = re.compile(r"\b(?=[a-z0-9-]*[0-9])(?=[a-z0-9-]*[a-z])[a-z0-9]{1,3}-[a-z0-9]{2,3}-[a-z0-9]{1,2}\b")
_TELEFOON = re.compile(r"(?<![\d,.])(?:\+31|0031|0)[\s-]?\(?0?\)?(?:[\s-]?\d){8,9}(?!\d)")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE)
_NAAM = re.compile(
    r"\b(?i:dhr|mevr|mw|meneer|mevrouw|heer|familie|fam|buurman|buurvrouw|mr|mrs|ms)\b\.?\s+(?:(?:van|de|der|den|ten|ter|el)\s+)*[A-Z][\w'’-]+"
    r"|\b(?i:heet|genaamd|naam is|called)\s+[A-Z][\w'’-]+"
)


def meldingcategorie(tekst: str) -> str:
    """The category that fits these words best; "" when no word says anything."""
    klein = tekst.casefold()
    aantallen = {categorie: len(patroon.findall(klein)) for categorie, patroon in _PATRONEN.items()}
    beste = max(aantallen, key=lambda categorie: aantallen[categorie])
    return beste if aantallen[beste] else ""


def noemt_iemand(tekst: str) -> bool:
    """Whether it seems to hold a name, a number plate, a phone number or an e-mail address of somebody."""
    gevonden = _KENTEKEN.search(tekst.casefold()) or _TELEFOON.search(tekst) or _MAIL.search(tekst)
    return bool(gevonden or _NAAM.search(tekst))
