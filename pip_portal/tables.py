"""Every table of the portal. Rows about a person carry a keyed hash (pseudoniem), never a number or a name."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Date,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Tijdstip(TypeDecorator[datetime]):
    """A moment, stored in UTC and always read back with its zone (SQLite forgets zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("een tijdstip zonder tijdzone kan niet worden bewaard")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
        }
    )


class Sessie(Base):
    """A logged-in browser. The cookie holds a random id; here lies only its hash.

    gegevens: encrypted JSON with who this is (see inloggen/sessies.py).
    naam_id_hash: keyed hash of the SAML NameID, to find the session when the identity provider logs out.
    """

    __tablename__ = "sessies"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    middel: Mapped[str] = mapped_column(String(20))
    pseudoniem: Mapped[str] = mapped_column(String(64), index=True)
    naam_id_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    gegevens: Mapped[bytes] = mapped_column(LargeBinary)
    aangemaakt_op: Mapped[datetime] = mapped_column(Tijdstip)
    laatst_gezien_op: Mapped[datetime] = mapped_column(Tijdstip)
    eindigt_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Inlogpoging(Base):
    """A login on its way to the identity provider and back; taken once, by the browser that started it.

    terug: local path to return to. pseudoniem: set for a step-up, which only the same person may finish.
    dienst: for which a mandate is asked, when it is a login for somebody else.
    """

    __tablename__ = "inlogpogingen"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    middel: Mapped[str] = mapped_column(String(20))
    request_id: Mapped[str] = mapped_column(String(80))
    relay_state: Mapped[str] = mapped_column(String(80))
    niveau: Mapped[int]
    terug: Mapped[str] = mapped_column(String(2000))
    pseudoniem: Mapped[str | None] = mapped_column(String(64))
    dienst: Mapped[str | None] = mapped_column(String(60))
    verloopt_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class GezienBericht(Base):
    """SAML artifacts and assertions that were used, by hash, until they cannot be used any more."""

    __tablename__ = "geziene_berichten"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    verloopt_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Zaakbezoek(Base):
    """When this person last looked at this zaak: the zaak page marks what came since.

    vorig_bezoek_op: end of the visit before this one, so that a reload does not lose the marks.
    """

    __tablename__ = "zaakbezoeken"
    __table_args__ = (Index("ix_zaakbezoeken_bezocht_op", "bezocht_op"),)

    pseudoniem: Mapped[str] = mapped_column(String(64), primary_key=True)
    bron: Mapped[str] = mapped_column(String(20), primary_key=True)
    zaak_uuid: Mapped[str] = mapped_column(String(36), primary_key=True)
    bezocht_op: Mapped[datetime] = mapped_column(Tijdstip)
    vorig_bezoek_op: Mapped[datetime | None] = mapped_column(Tijdstip)


class Formulierversie(Base):
    """A version of a form definition that was ever offered, so that a running concept keeps its own (forms §2.8).

    structuur: hash over everything but the texts. definitie: canonical JSON.
    """

    __tablename__ = "formulierversies"

    formulier: Mapped[str] = mapped_column(String(60), primary_key=True)
    versie: Mapped[int] = mapped_column(primary_key=True)
    structuur: Mapped[str] = mapped_column(String(64))
    definitie: Mapped[str] = mapped_column(Text)
    eerst_gezien_op: Mapped[datetime] = mapped_column(Tijdstip)


class Concept(Base):
    """An application that someone is filling in.

    eigenaar: keyed hash of the person, of the company with its vestiging, or of the cookie of an anonymous visitor.
    uniek: set while this is the one open concept of this eigenaar for this form; NULL once sent or with `meer: true`.
    gegevens: encrypted JSON: for whom (self or child), prefill snapshot with source and time.
    """

    __tablename__ = "concepten"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    formulier: Mapped[str] = mapped_column(String(60))
    versie: Mapped[int]
    eigenaar: Mapped[str] = mapped_column(String(64), index=True)
    uniek: Mapped[str | None] = mapped_column(String(64), unique=True)
    anoniem: Mapped[bool]
    taal: Mapped[str] = mapped_column(String(2))
    kanaal: Mapped[str] = mapped_column(String(20))
    laatste_stap: Mapped[str] = mapped_column(String(60), default="")
    gegevens: Mapped[bytes] = mapped_column(LargeBinary)
    aangemaakt_op: Mapped[datetime] = mapped_column(Tijdstip)
    gewijzigd_op: Mapped[datetime] = mapped_column(Tijdstip)
    verloopt_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)
    herinnerd_op: Mapped[datetime | None] = mapped_column(Tijdstip)
    verzonden_op: Mapped[datetime | None] = mapped_column(Tijdstip)


class ConceptStap(Base):
    """The answers of one page of a concept, encrypted. revisie: optimistic lock against a second tab.

    door: keyed hash of who saved it last; NULL when that cannot be told (a visitor, an assertion without a person).
    """

    __tablename__ = "conceptstappen"

    concept_id: Mapped[str] = mapped_column(ForeignKey("concepten.id", ondelete="CASCADE"), primary_key=True)
    stap: Mapped[str] = mapped_column(String(60), primary_key=True)
    revisie: Mapped[int]
    antwoorden: Mapped[bytes] = mapped_column(LargeBinary)
    gewijzigd_op: Mapped[datetime] = mapped_column(Tijdstip)
    door: Mapped[str | None] = mapped_column(String(64))


class LateInvoer(Base):
    """What someone sent when the session had just ended, kept for half an hour for the same person (forms §3.5).

    concept_id: NULL for a page at a zaak; then stap is a keyed hash, and the content says whose it is.
    """

    __tablename__ = "late_invoer"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    concept_id: Mapped[str | None] = mapped_column(ForeignKey("concepten.id", ondelete="CASCADE"), unique=True)
    stap: Mapped[str] = mapped_column(String(120))
    invoer: Mapped[bytes] = mapped_column(LargeBinary)
    verloopt_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Bestand(Base):
    """A file someone added; the content lies encrypted in the file store under `id`.

    concept_id or inzending_id says whose it is (the first until sending, then the second); neither: to be removed.
    naam: encrypted file name. sleutel: encrypted key of the content. staat: in_quarantaine | schoon | besmet |
    onbekend.
    """

    __tablename__ = "bestanden"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    concept_id: Mapped[str | None] = mapped_column(ForeignKey("concepten.id", ondelete="SET NULL"), index=True)
    inzending_id: Mapped[str | None] = mapped_column(ForeignKey("inzendingen.id", ondelete="SET NULL"), index=True)
    veld: Mapped[str] = mapped_column(String(120))
    naam: Mapped[bytes] = mapped_column(LargeBinary)
    sleutel: Mapped[bytes] = mapped_column(LargeBinary)
    soort: Mapped[str] = mapped_column(String(100))
    grootte: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    staat: Mapped[str] = mapped_column(String(20))
    aangemaakt_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Inzending(Base):
    """What was sent to us and when: stored before we say so, handed over to the backoffice afterwards.

    soort: aanvraag | aanvulling | intrekking | taak. concept_id: unique, so that sending twice is one inzending; an
    aanvulling or intrekking has an id of its own there. nummer: identificatie of the zaak, made by us (backoffice-apis
    §7.2). toestand: wacht_op_betaling | wacht_op_ondertekening | ontvangen | zaak_gemaakt | overgedragen | vastgelopen
    | afgebroken. inhoud: encrypted `Inhoud`, emptied when its term ends. hash: SHA-256 of what was received.
    voortgang: JSON with the result of each step of the hand-over (URLs only). verzoek: nothing personal.
    """

    __tablename__ = "inzendingen"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    concept_id: Mapped[str] = mapped_column(String(36), unique=True)
    soort: Mapped[str] = mapped_column(String(20))
    nummer: Mapped[str] = mapped_column(String(40), index=True)
    formulier: Mapped[str] = mapped_column(String(60))
    versie: Mapped[int]
    eigenaar: Mapped[str] = mapped_column(String(64), index=True)
    bron: Mapped[str] = mapped_column(String(20))
    toestand: Mapped[str] = mapped_column(String(30), index=True)
    inhoud: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[str] = mapped_column(String(64))
    voortgang: Mapped[str] = mapped_column(Text, default="{}")
    zaak_uuid: Mapped[str | None] = mapped_column(String(36), index=True)
    ontvangen_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)
    overgedragen_op: Mapped[datetime | None] = mapped_column(Tijdstip)
    opgeruimd_op: Mapped[datetime | None] = mapped_column(Tijdstip)


class Opdracht(Base):
    """The outbox: work that must happen after a transaction, written in that same transaction.

    soort: overdracht | mail | … ; sleutel: unique, so that the same work is never placed twice.
    inhoud: encrypted JSON. toestand: nieuw | bezig | klaar | dood. beurt_op: not before. lease_tot: a worker has it.
    fout: why the last try failed, without personal data.
    """

    __tablename__ = "opdrachten"
    __table_args__ = (Index("ix_opdrachten_toestand_beurt_op", "toestand", "beurt_op"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    soort: Mapped[str] = mapped_column(String(20))
    sleutel: Mapped[str] = mapped_column(String(120), unique=True)
    inhoud: Mapped[bytes] = mapped_column(LargeBinary)
    toestand: Mapped[str] = mapped_column(String(10), default="nieuw")
    beurt_op: Mapped[datetime] = mapped_column(Tijdstip)
    lease_tot: Mapped[datetime | None] = mapped_column(Tijdstip)
    pogingen: Mapped[int] = mapped_column(default=0)
    fout: Mapped[str] = mapped_column(String(200), default="")
    aangemaakt_op: Mapped[datetime] = mapped_column(Tijdstip)
    klaar_op: Mapped[datetime | None] = mapped_column(Tijdstip)


class Bewijs(Base):
    """Append-only proof of what was received and sent, kept for five years without any answer (Awb 2:13, B7, X1).

    gebeurtenis: ontvangen | overgedragen | mail_verzonden | mail_geweigerd | mail_vertraagd |
    mail_onbestelbaar | mail_mogelijk_dubbel | ondertekend | geweigerd | …
    kenmerk: zaaknummer, or the number of the mail. wie: keyed hash. hash: SHA-256 of what was received.
    actor: keyed hash of the employee who did it for `wie`; NULL when they did it themselves.
    """

    __tablename__ = "bewijzen"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    gebeurtenis: Mapped[str] = mapped_column(String(30))
    kenmerk: Mapped[str] = mapped_column(String(60), index=True)
    wie: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str | None] = mapped_column(String(64), index=True)
    hash: Mapped[str] = mapped_column(String(64))
    kanaal: Mapped[str] = mapped_column(String(20))
    versie: Mapped[str] = mapped_column(String(80))
    op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Mail(Base):
    """A mail from the moment that a server may have it; nothing of what it says.

    nummer: of its Message-ID. adres_hash: keyed hash of the address. eigenaar: whose it is, empty when nobody's who
    logs in. kenmerk: number of the zaak or inzending. begonnen_op: a try whose outcome is not known, so this mail may
    have been taken. teruggekomen_op, vertraagd_op: the mail server of the receiver said so later.
    """

    __tablename__ = "mails"

    nummer: Mapped[str] = mapped_column(String(32), primary_key=True)
    versie: Mapped[str] = mapped_column(String(80))
    adres_hash: Mapped[str] = mapped_column(String(64))
    eigenaar: Mapped[str] = mapped_column(String(64))
    kenmerk: Mapped[str] = mapped_column(String(60))
    aangemaakt_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)
    begonnen_op: Mapped[datetime | None] = mapped_column(Tijdstip)
    verzonden_op: Mapped[datetime | None] = mapped_column(Tijdstip)
    vertraagd_op: Mapped[datetime | None] = mapped_column(Tijdstip)
    teruggekomen_op: Mapped[datetime | None] = mapped_column(Tijdstip)


class Onbestelbaar(Base):
    """An address that takes no mail (keyed hash), and whose mail went there. code: of the mail server, as 5.1.1."""

    __tablename__ = "onbestelbaar"

    adres_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    eigenaar: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    code: Mapped[str] = mapped_column(String(10))
    sinds: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Brief(Base):
    """A letter that somebody must send, because a mail did not arrive. No address: kenmerk says whose zaak it is."""

    __tablename__ = "brieven"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    mail: Mapped[str] = mapped_column(String(32), unique=True)
    kenmerk: Mapped[str] = mapped_column(String(60), index=True)
    versie: Mapped[str] = mapped_column(String(80))
    uiterlijk: Mapped[date]
    aangemaakt_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)
    gedaan_op: Mapped[datetime | None] = mapped_column(Tijdstip)


class Ondertekening(Base):
    """Somebody else who must agree before (or while) an inzending is handled.

    code_hash: of the one-time code in the invitation. gegevens: encrypted JSON: e-mail address, what this person
    sees, and the reason of a refusal. toestand: gevraagd | getekend | geweigerd | verlopen | vervangen.
    door: keyed hash of who answered.
    """

    __tablename__ = "ondertekeningen"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    inzending_id: Mapped[str] = mapped_column(ForeignKey("inzendingen.id", ondelete="CASCADE"), index=True)
    rol: Mapped[str] = mapped_column(String(60))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    gegevens: Mapped[bytes] = mapped_column(LargeBinary)
    toestand: Mapped[str] = mapped_column(String(20))
    door: Mapped[str | None] = mapped_column(String(64))
    aangemaakt_op: Mapped[datetime] = mapped_column(Tijdstip)
    uiterlijk_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)
    herinneringen: Mapped[int] = mapped_column(default=0)
    beantwoord_op: Mapped[datetime | None] = mapped_column(Tijdstip)


class Paginateller(Base):
    """How many began, answered and got an error at a page of a form, per day: numbers only, of nobody (forms §3.9)."""

    __tablename__ = "paginatellers"

    dag: Mapped[date] = mapped_column(Date, primary_key=True)
    formulier: Mapped[str] = mapped_column(String(60), primary_key=True)
    versie: Mapped[int] = mapped_column(primary_key=True)
    stap: Mapped[str] = mapped_column(String(60), primary_key=True)
    begonnen: Mapped[int]
    beantwoord: Mapped[int]
    fout: Mapped[int]


class Baliesessie(Base):
    """An employee who fills in forms for citizens. Never a Sessie: no page of a citizen reads this table.

    gegevens: encrypted JSON with the name on their screen.
    """

    __tablename__ = "baliesessies"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    pseudoniem: Mapped[str] = mapped_column(String(64), index=True)
    gegevens: Mapped[bytes] = mapped_column(LargeBinary)
    laatst_gezien_op: Mapped[datetime] = mapped_column(Tijdstip)
    eindigt_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Teller(Base):
    """Attempts per person (keyed hash) and act in the current window, so that nobody can guess or flood."""

    __tablename__ = "tellers"

    sleutel: Mapped[str] = mapped_column(String(64), primary_key=True)
    aantal: Mapped[int]
    tot_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class MijOok(Base):
    """Somebody who said that a melding openbare ruimte that is known already is theirs too; only to count them.

    melding: what is public about it: category, day and place (see backoffice/signalen.py). wie: keyed hash of a person
    or browser together with the melding, so that two rows of one person have nothing in common.
    """

    __tablename__ = "mij_ook"

    melding: Mapped[str] = mapped_column(String(160), primary_key=True)
    wie: Mapped[str] = mapped_column(String(64), primary_key=True)
    op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Contactadres(Base):
    """An e-mail address or phone number of a person or company, used only after a code proved that it is theirs.

    eigenaar: keyed hash. soort: email | telefoonnummer. adres: encrypted. adres_hash: keyed hash, to find it again.
    standaard: the one of its soort that we use. code_hash: of the code that was sent, until it is verified. extern:
    uuid of the digitaal adres in Klantinteracties, once it is there.
    """

    __tablename__ = "contactadressen"
    __table_args__ = (UniqueConstraint("eigenaar", "adres_hash"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    eigenaar: Mapped[str] = mapped_column(String(64))
    soort: Mapped[str] = mapped_column(String(20))
    adres: Mapped[bytes] = mapped_column(LargeBinary)
    adres_hash: Mapped[str] = mapped_column(String(64), index=True)
    standaard: Mapped[bool] = mapped_column(default=False)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_tot: Mapped[datetime | None] = mapped_column(Tijdstip)
    geverifieerd_op: Mapped[datetime | None] = mapped_column(Tijdstip)
    extern: Mapped[str | None] = mapped_column(String(36))
    aangemaakt_op: Mapped[datetime] = mapped_column(Tijdstip)


class Voorkeur(Base):
    """How someone wants to hear from us: JSON of `Voorkeuren`, nothing personal in it. eigenaar: keyed hash.

    bsn: encrypted, only while the Berichtenbox is chosen, which knows nobody by anything else. box_dicht_op: since then
    it takes nothing of us.
    """

    __tablename__ = "voorkeuren"

    eigenaar: Mapped[str] = mapped_column(String(64), primary_key=True)
    keuzes: Mapped[str] = mapped_column(Text)
    bsn: Mapped[bytes | None] = mapped_column(LargeBinary)
    box_dicht_op: Mapped[datetime | None] = mapped_column(Tijdstip)
    gewijzigd_op: Mapped[datetime] = mapped_column(Tijdstip)


class Zaakvoorkeur(Base):
    """For one zaak another choice than for the rest: whether mails about it are wanted. eigenaar: keyed hash."""

    __tablename__ = "zaakvoorkeuren"

    eigenaar: Mapped[str] = mapped_column(String(64), primary_key=True)
    bron: Mapped[str] = mapped_column(String(20), primary_key=True)
    zaak_uuid: Mapped[str] = mapped_column(String(36), primary_key=True)
    mailen: Mapped[bool]
    gewijzigd_op: Mapped[datetime] = mapped_column(Tijdstip)


class Vraag(Base):
    """A question as it was asked on the portal, until Klantinteracties has it; then only its number and dates.

    id: of the form it was asked with, so that sending twice is once. eigenaar: keyed hash. nummer: ours, digits only.
    inhoud: encrypted, empty once it is handed over. antwoord_voor: the day that we promised. klantcontact: its uuid
    there. kcc_op: when the KCC was told that it waits.
    """

    __tablename__ = "vragen"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    eigenaar: Mapped[str] = mapped_column(String(64), index=True)
    nummer: Mapped[str] = mapped_column(String(10), unique=True)
    inhoud: Mapped[bytes] = mapped_column(LargeBinary)
    antwoord_voor: Mapped[date] = mapped_column(Date)
    klantcontact: Mapped[str | None] = mapped_column(String(36), index=True)
    ontvangen_op: Mapped[datetime] = mapped_column(Tijdstip)
    overgedragen_op: Mapped[datetime | None] = mapped_column(Tijdstip)
    kcc_op: Mapped[datetime | None] = mapped_column(Tijdstip)


class Vraaglezing(Base):
    """When this eigenaar (keyed hash) last opened this thread: an answer of before is not new any more."""

    __tablename__ = "vraaglezingen"

    eigenaar: Mapped[str] = mapped_column(String(64), primary_key=True)
    klantcontact: Mapped[str] = mapped_column(String(36), primary_key=True)
    gelezen_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Abonnee(Base):
    """An e-mail address that gets newsletters: there only while something is confirmed, and then it goes whole.

    adres: encrypted. link_versie: raised to make every link in older mails void.
    """

    __tablename__ = "abonnees"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    adres_hash: Mapped[str] = mapped_column(String(64), unique=True)
    adres: Mapped[bytes] = mapped_column(LargeBinary)
    taal: Mapped[str] = mapped_column(String(2))
    html: Mapped[bool]
    link_versie: Mapped[int] = mapped_column(default=1)
    aangemaakt_op: Mapped[datetime] = mapped_column(Tijdstip)


class Inschrijving(Base):
    """A confirmed wish for the newsletter about one onderwerp.

    frequentie: direct | wekelijks | maandelijks. eigenaar: keyed hash of who asked for it while logged in.
    gebundeld_tot: what came out until then was sent to this reader, or came out before they asked for it.
    """

    __tablename__ = "inschrijvingen"
    __table_args__ = (Index("ix_inschrijvingen_onderwerp_frequentie", "onderwerp", "frequentie"),)

    abonnee_id: Mapped[str] = mapped_column(ForeignKey("abonnees.id", ondelete="CASCADE"), primary_key=True)
    onderwerp: Mapped[str] = mapped_column(String(60), primary_key=True)
    frequentie: Mapped[str] = mapped_column(String(20))
    eigenaar: Mapped[str | None] = mapped_column(String(64), index=True)
    bevestigd_op: Mapped[datetime] = mapped_column(Tijdstip)
    gebundeld_tot: Mapped[datetime] = mapped_column(Tijdstip)


class Nieuwsbriefverzoek(Base):
    """Somebody asked for newsletters at an address that did not confirm it yet; used once, gone after 48 hours.

    gegevens: encrypted JSON: address and choices.
    """

    __tablename__ = "nieuwsbriefverzoeken"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    eigenaar: Mapped[str | None] = mapped_column(String(64))
    bron: Mapped[str] = mapped_column(String(20))
    gegevens: Mapped[bytes] = mapped_column(LargeBinary)
    aangemaakt_op: Mapped[datetime] = mapped_column(Tijdstip)
    verloopt_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Toestemming(Base):
    """Append-only: who agreed to a newsletter and who withdrew, when, and what they read (AVG art. 7(1)).

    adres_hash: keyed hash of the address. handeling: gegeven | ingetrokken. bron: web | account | link | mail |
    onbestelbaar | import | beheer. tekst_versie: of Toestemmingstekst. gevraagd_op: when a form asked for it.
    """

    __tablename__ = "toestemmingen"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    adres_hash: Mapped[str] = mapped_column(String(64), index=True)
    eigenaar: Mapped[str | None] = mapped_column(String(64), index=True)
    onderwerp: Mapped[str] = mapped_column(String(60))
    handeling: Mapped[str] = mapped_column(String(20))
    bron: Mapped[str] = mapped_column(String(20))
    tekst_versie: Mapped[str] = mapped_column(String(16))
    gevraagd_op: Mapped[datetime | None] = mapped_column(Tijdstip)
    op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Toestemmingstekst(Base):
    """The words that somebody agreed to, so that a version can always be read. versie: hash of the text."""

    __tablename__ = "toestemmingsteksten"

    versie: Mapped[str] = mapped_column(String(16), primary_key=True)
    tekst: Mapped[str] = mapped_column(Text)
    vanaf: Mapped[datetime] = mapped_column(Tijdstip)


class Mailblokkade(Base):
    """The suppression list: addresses, by keyed hash, that get no newsletter unless they ask for it once more."""

    __tablename__ = "mailblokkades"

    adres_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    reden: Mapped[str] = mapped_column(String(20))
    op: Mapped[datetime] = mapped_column(Tijdstip)


class Uitgave(Base):
    """A newsletter as a redacteur wrote it. hash: of the files. inhoud: JSON, per language; nothing personal.

    voorbeeld_op: somebody looked at it. vrijgegeven_op: it went out.
    """

    __tablename__ = "uitgaven"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    inhoud: Mapped[str] = mapped_column(Text)
    voorbeeld_op: Mapped[datetime] = mapped_column(Tijdstip)
    vrijgegeven_op: Mapped[datetime | None] = mapped_column(Tijdstip, index=True)


class Zending(Base):
    """One mail to many: an uitgave at once, or what came out in a week or a month.

    id: soort and uitgave, or soort and day. tot: it holds what came out until then. gevuld_op: all its ontvangers
    are written down. klaar_op: none of them waits any more.
    """

    __tablename__ = "zendingen"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    soort: Mapped[str] = mapped_column(String(20))
    uitgave_id: Mapped[str | None] = mapped_column(ForeignKey("uitgaven.id", ondelete="CASCADE"))
    tot: Mapped[datetime] = mapped_column(Tijdstip)
    gevuld_op: Mapped[datetime | None] = mapped_column(Tijdstip)
    klaar_op: Mapped[datetime | None] = mapped_column(Tijdstip, index=True)


class Ontvanger(Base):
    """Who gets a zending, and whether they got it.

    toestand: open | verzonden | overgeslagen | geweigerd | mislukt. vrij_op: nobody takes it before this moment: a
    sender has it, or the mail server asked to wait.
    """

    __tablename__ = "ontvangers"
    __table_args__ = (Index("ix_ontvangers_zending_id_toestand", "zending_id", "toestand", "abonnee_id"),)

    zending_id: Mapped[str] = mapped_column(ForeignKey("zendingen.id", ondelete="CASCADE"), primary_key=True)
    abonnee_id: Mapped[str] = mapped_column(ForeignKey("abonnees.id", ondelete="CASCADE"), primary_key=True, index=True)
    toestand: Mapped[str] = mapped_column(String(20))
    pogingen: Mapped[int]
    vrij_op: Mapped[datetime] = mapped_column(Tijdstip)


class Bekende(Base):
    """Who logged in here before, to find back whom a rol in a zaak is about.

    identificatie: keyed hash of one of the numbers a rol may carry: bsn, kvk, rsin or vestiging. gegevens: encrypted
    JSON of the company, so that the rules for what it may see can be asked; NULL for a burger. taal: of the last login.
    """

    __tablename__ = "bekenden"

    identificatie: Mapped[str] = mapped_column(String(64), primary_key=True)
    eigenaar: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    gegevens: Mapped[bytes | None] = mapped_column(LargeBinary)
    taal: Mapped[str] = mapped_column(String(2))
    gezien_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Notificatie(Base):
    """News for one person about one zaak (or a bericht, taak, vraag), to be read in the portal and perhaps mailed.

    soort: status | besluit | afgesloten | document | bericht | taak | vraag. code: burgerstatus. doen: this person must
    do something, uiterlijk on that day. kenmerk: hash of what it is about, so that it is told once. pad: of the page
    to read it on. nummer: of the zaak. wacht_op_mail: goes with the next mail about this zaak. Nothing personal.
    """

    __tablename__ = "notificaties"
    __table_args__ = (UniqueConstraint("eigenaar", "bron", "zaak_uuid", "kenmerk"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    eigenaar: Mapped[str] = mapped_column(String(64))
    bron: Mapped[str] = mapped_column(String(20))
    zaak_uuid: Mapped[str] = mapped_column(String(36))
    kenmerk: Mapped[str] = mapped_column(String(64))
    soort: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(2))
    nummer: Mapped[str] = mapped_column(String(40))
    pad: Mapped[str] = mapped_column(String(200))
    doen: Mapped[bool]
    uiterlijk: Mapped[date | None]
    op: Mapped[datetime] = mapped_column(Tijdstip, index=True)
    gelezen_op: Mapped[datetime | None] = mapped_column(Tijdstip)
    wacht_op_mail: Mapped[bool]
    gemaild_op: Mapped[datetime | None] = mapped_column(Tijdstip)


class GelezenBericht(Base):
    """When this eigenaar (keyed hash) first opened this bericht. Never changed: it is proof (Awb 2:13)."""

    __tablename__ = "gelezen_berichten"

    eigenaar: Mapped[str] = mapped_column(String(64), primary_key=True)
    bericht: Mapped[str] = mapped_column(String(36), primary_key=True)
    gelezen_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Notificatietelling(Base):
    """How often a notification of a backoffice ended this way (ontvangen, gemeld, or why it was ignored), and when."""

    __tablename__ = "notificatietellingen"

    uitkomst: Mapped[str] = mapped_column(String(40), primary_key=True)
    aantal: Mapped[int]
    laatst_op: Mapped[datetime] = mapped_column(Tijdstip)


class Dossier(Base):
    """A download of everything, made in the background; the zip lies encrypted in the file store under `id`.

    eigenaar: keyed hash. niveau: level of login at which it was asked for. toestand: bezig | klaar. keer: tries so
    far. gedaan, totaal: zaken. sleutel: encrypted key of the content, once it is there.
    """

    __tablename__ = "dossiers"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    eigenaar: Mapped[str] = mapped_column(String(64), index=True)
    niveau: Mapped[int]
    toestand: Mapped[str] = mapped_column(String(10))
    keer: Mapped[int] = mapped_column(default=0)
    gedaan: Mapped[int] = mapped_column(default=0)
    totaal: Mapped[int] = mapped_column(default=0)
    sleutel: Mapped[bytes | None] = mapped_column(LargeBinary)
    grootte: Mapped[int] = mapped_column(default=0)
    aangemaakt_op: Mapped[datetime] = mapped_column(Tijdstip)
    verloopt_op: Mapped[datetime] = mapped_column(Tijdstip, index=True)


class Verwerking(Base):
    """One processing of data about a person, in a chain that is only added to (see verwerkingen/keten.py).

    eigenaar: keyed hash of whom it is about. bronnen: JSON list of who gave the data. rol: zelf | gemachtigde |
    medewerker | portaal; door: keyed hash of who it was. dag: of op, in Deventer. hash: over this row and the last one.
    """

    __tablename__ = "verwerkingen"
    __table_args__ = (Index("ix_verwerkingen_eigenaar_dag", "eigenaar", "dag"),)

    keten: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    volgnr: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    eigenaar: Mapped[str] = mapped_column(String(64))
    activiteit: Mapped[str] = mapped_column(String(20))
    bronnen: Mapped[str] = mapped_column(Text)
    rol: Mapped[str] = mapped_column(String(12))
    door: Mapped[str] = mapped_column(String(64))
    zaak_uuid: Mapped[str | None] = mapped_column(String(36))
    trace_id: Mapped[str] = mapped_column(String(32))
    op: Mapped[datetime] = mapped_column(Tijdstip)
    dag: Mapped[date] = mapped_column(Date)
    hash: Mapped[str] = mapped_column(String(64))


class Verwerkingsketen(Base):
    """The end of a chain of verwerkingen, and the last row that its term removed (anker). zegel: keyed hash of it."""

    __tablename__ = "verwerkingsketens"

    keten: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    volgnr: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    anker_volgnr: Mapped[int]
    anker_hash: Mapped[str] = mapped_column(String(64))
    zegel: Mapped[str] = mapped_column(String(64))
