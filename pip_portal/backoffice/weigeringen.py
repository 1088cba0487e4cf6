"""Refusals that say "it is there already" or "not any more": the hand-over looks again, where others need a person.

Source: backoffice-apis §5-8; branch on the code, never on the sentence.
"""

from pip_portal.backoffice.http import Refused


class NummerBezet(Refused):
    """Another zaak or document has this identificatie; it may be ours, whose answer got lost."""


class BestaatAl(Refused):
    """One may be there only, and it is: an initiator, a pair of zaak and document, a status at this moment."""


class ZaakGesloten(Refused):
    """The zaak was closed; nothing can be added to it any more."""


class NogNietTeSluiten(Refused):
    """The zaak cannot be closed yet: a document is locked or unclear, a deelzaak is open."""


_NOG_NIET = (
    "resultaat-does-not-exist",
    "informatieobject-locked",
    "indicatiegebruiksrecht-unset",
    "deelzaken-open",
    "related-informatieobjecten-indicatie-gebruiksrecht-unset",
    "related-informatieobject-is-locked",
)


def vertaald(refused: Refused) -> Refused:
    """The same refusal by its meaning."""
    soort = type(refused)
    if refused.has("identificatie-niet-uniek"):
        soort = NummerBezet
    elif refused.has("max-occurences") or refused.has("unique"):
        soort = BestaatAl
    elif any(refused.has(code) for code in _NOG_NIET):
        soort = NogNietTeSluiten
    return soort(refused.naam, refused.status, refused.code, refused.fouten)
