"""Who logged in: the identities out of a checked Assertion."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from lxml import etree
from stdnum.nl import bsn as eleven_test

from pip_portal.inloggen.saml.answers import Expected
from pip_portal.inloggen.saml.assertion import Checked
from pip_portal.inloggen.saml.encryption import decrypt_name_id
from pip_portal.inloggen.saml.profiles import BSN, KVK, PSEUDONIEM, RSIN, Attributes
from pip_portal.inloggen.saml.refusal import Refused
from pip_portal.inloggen.saml.xml import SAML, only, tag, value

PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
_SECTOR_BSN = "s00000000"
_SECTOR_NUMBER = re.compile(r"([sS][0-9]{8}):([0-9]{8,9})")
_NUMBER = re.compile(r"[0-9]{9}")
_KVK = re.compile(r"[0-9]{8}")
_VESTIGING = re.compile(r"[0-9]{12}")
_PSEUDONIEM = re.compile(r"[!-~]{1,512}")
_TEXT = re.compile(r"[!-~]{1,256}")
_ENCRYPTED = tag(SAML, "EncryptedID")


@dataclass(frozen=True)
class Identiteit:
    """Outcome of a login that passed every check.

    niveau: rank of the level that the IdP vouches for (gebruiker.py).
    bsn: who logged in (DigiD). vertegenwoordigde_bsn: for whom, only with a machtiging; a login that has
    one is never a login of `bsn` for himself. vertegenwoordiging: kind of legal representation, a URN.
    vestiging: the login is restricted to it. tussenpersoon_kvk: intermediary of a chain mandate.
    handelende_persoon: pseudonym of the acting employee. name_id, session_index: needed for single logout.
    geldig_tot: when the IdP wants this session to end at the latest.
    """

    niveau: int
    bsn: str | None = field(default=None, repr=False)
    kvk_nummer: str | None = None
    rsin: str | None = field(default=None, repr=False)
    vestiging: str | None = None
    handelende_persoon: str | None = field(default=None, repr=False)
    vertegenwoordigde_bsn: str | None = field(default=None, repr=False)
    vertegenwoordiging: str | None = None
    tussenpersoon_kvk: str | None = None
    name_id: str = field(default="", repr=False)
    session_index: str | None = field(default=None, repr=False)
    geldig_tot: datetime | None = None


def read_identity(checked: Checked, expected: Expected) -> Identiteit:
    """Raises: Refused. Source: login-saml §3, checks 16 to 19."""
    names = expected.profile.attributes
    if names is None:
        return replace(_login(checked), bsn=bsn_of_name_id(checked.name_id))
    attributes = _attributes(checked.element)
    _check_service(attributes, names, expected)
    acting = _identities(attributes, names.acting, names.acting_types, expected)
    legal = _identities(attributes, names.legal, names.legal_types, expected)
    if names.legal in attributes and not legal:
        raise Refused("identiteit: vertegenwoordigde zonder nummer")
    if BSN in names.acting_types.values():
        return _checked_mandate(_burger(checked, attributes, names, acting, legal), expected)
    return _bedrijf(checked, attributes, names, acting, legal)


def _burger(
    checked: Checked,
    attributes: Mapping[str, list[etree._Element]],
    names: Attributes,
    acting: Mapping[str, str],
    legal: Mapping[str, str],
) -> Identiteit:
    if BSN not in acting:
        raise Refused("identiteit: geen BSN van wie inlogt")
    return replace(
        _login(checked),
        bsn=acting[BSN],
        vertegenwoordigde_bsn=legal.get(BSN),
        vertegenwoordiging=_plain(attributes, names.representation, _TEXT),
    )


def _checked_mandate(identiteit: Identiteit, expected: Expected) -> Identiteit:
    """A mandate exactly when one was asked for, and for somebody else than who logged in.

    Source: login-saml §1.14 (representation demanded and LegalSubjectID missing: refuse).
    """
    voor = identiteit.vertegenwoordigde_bsn
    if expected.namens and voor is None:
        raise Refused("identiteit: geen vertegenwoordigde, terwijl om een machtiging is gevraagd", "machtiging")
    if voor is None and identiteit.vertegenwoordiging is not None:
        raise Refused("identiteit: soort vertegenwoordiging zonder vertegenwoordigde")
    if voor is not None and voor == identiteit.bsn:
        raise Refused("identiteit: wie inlogt vertegenwoordigt zichzelf")
    return identiteit


def _bedrijf(
    checked: Checked,
    attributes: Mapping[str, list[etree._Element]],
    names: Attributes,
    acting: Mapping[str, str],
    legal: Mapping[str, str],
) -> Identiteit:
    if not legal:
        raise Refused("identiteit: geen organisatie")
    if PSEUDONIEM not in acting:
        raise Refused("identiteit: geen handelende persoon")
    tussenpersoon = _plain(attributes, names.tussenpersoon, _KVK)
    if tussenpersoon is not None and tussenpersoon == legal.get(KVK):
        raise Refused("identiteit: intermediair en vertegenwoordigde zijn hetzelfde bedrijf")
    return replace(
        _login(checked),
        kvk_nummer=legal.get(KVK),
        rsin=legal.get(RSIN),
        handelende_persoon=acting[PSEUDONIEM],
        vestiging=_plain(attributes, names.vestiging, _VESTIGING),
        tussenpersoon_kvk=tussenpersoon,
    )


def _login(checked: Checked) -> Identiteit:
    return Identiteit(
        niveau=checked.niveau,
        name_id=checked.name_id,
        session_index=checked.session_index,
        geldig_tot=checked.session_until,
    )


def bsn_of_name_id(text: str) -> str:
    """The BSN in `sector:number`; an 8-digit number gets its leading zero. Source: login-saml §1.8."""
    match = _SECTOR_NUMBER.fullmatch(text)
    if not match:
        raise Refused("identiteit: geen sector en nummer")
    if match[1].lower() != _SECTOR_BSN:
        raise Refused("identiteit: andere sector dan BSN")
    return _valid(BSN, match[2].zfill(9))


def _valid(kind: str, text: str) -> str:
    """A number of this kind, whole string and ASCII digits only."""
    if kind in (BSN, RSIN) and not (_NUMBER.fullmatch(text) and eleven_test.is_valid(text)):
        raise Refused("identiteit: nummer voldoet niet aan de elfproef")
    if kind == KVK and not _KVK.fullmatch(text):
        raise Refused("identiteit: geen KVK-nummer van acht cijfers")
    if kind == PSEUDONIEM and not _PSEUDONIEM.fullmatch(text):
        raise Refused("identiteit: pseudoniem")
    return text


def _attributes(assertion: etree._Element) -> dict[str, list[etree._Element]]:
    """AttributeValue elements by attribute name; the same name twice is a refusal."""
    found: dict[str, list[etree._Element]] = {}
    for attribute in only(assertion, tag(SAML, "AttributeStatement")).findall(tag(SAML, "Attribute")):
        name = attribute.get("Name") or ""
        if name in found:
            raise Refused("attributen: naam dubbel")
        found[name] = attribute.findall(tag(SAML, "AttributeValue"))
    return found


def _plain(attributes: Mapping[str, list[etree._Element]], name: str | None, pattern: re.Pattern[str]) -> str | None:
    values = attributes.get(name or "")
    if values is None:
        return None
    if len(values) != 1:
        raise Refused("attributen: niet precies een waarde")
    text = value(values[0])
    if not pattern.fullmatch(text):
        raise Refused("attributen: waarde heeft een andere vorm")
    return text


def _check_service(attributes: Mapping[str, list[etree._Element]], names: Attributes, expected: Expected) -> None:
    asked = ((names.service_uuid, expected.service_uuid), (names.service_id, expected.service_id))
    for name, wanted in asked:
        if name is not None and wanted is not None and _plain(attributes, name, _TEXT) != wanted:
            raise Refused("attributen: antwoord voor een andere dienst")


def _identities(
    attributes: Mapping[str, list[etree._Element]], name: str, types: Mapping[str, str], expected: Expected
) -> dict[str, str]:
    """Decrypted identities of one attribute, by kind: bsn, kvk, rsin or pseudoniem."""
    found: dict[str, str] = {}
    for holder in attributes.get(name, []):
        if not len(holder) or any(child.tag != _ENCRYPTED for child in holder):
            raise Refused("identiteit: niet versleuteld")
        for encrypted in holder:
            name_id = decrypt_name_id(encrypted, expected.decryption, expected.entity_id)
            kind = types.get(name_id.qualifier)
            if name_id.format != PERSISTENT or kind is None:
                raise Refused("identiteit: soort nummer wordt niet ondersteund")
            if found.setdefault(kind, _valid(kind, name_id.text)) != name_id.text:
                raise Refused("identiteit: twee verschillende nummers van dezelfde soort")
    return found
