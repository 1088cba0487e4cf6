"""contactadressen, voorkeuren, and what keeps people informed"""

import sqlalchemy as sa
from alembic import op

from pip_portal.tables import Tijdstip

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contactadressen",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("soort", sa.String(length=20), nullable=False),
        sa.Column("adres", sa.LargeBinary(), nullable=False),
        sa.Column("adres_hash", sa.String(length=64), nullable=False),
        sa.Column("standaard", sa.Boolean(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_tot", Tijdstip(timezone=True), nullable=True),
        sa.Column("geverifieerd_op", Tijdstip(timezone=True), nullable=True),
        sa.Column("extern", sa.String(length=36), nullable=True),
        sa.Column("aangemaakt_op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contactadressen")),
        sa.UniqueConstraint("eigenaar", "adres_hash", name=op.f("uq_contactadressen_eigenaar")),
    )
    op.create_index(op.f("ix_contactadressen_adres_hash"), "contactadressen", ["adres_hash"])
    op.create_table(
        "voorkeuren",
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("keuzes", sa.Text(), nullable=False),
        sa.Column("bsn", sa.LargeBinary(), nullable=True),
        sa.Column("box_dicht_op", Tijdstip(timezone=True), nullable=True),
        sa.Column("gewijzigd_op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("eigenaar", name=op.f("pk_voorkeuren")),
    )
    op.create_table(
        "zaakvoorkeuren",
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("bron", sa.String(length=20), nullable=False),
        sa.Column("zaak_uuid", sa.String(length=36), nullable=False),
        sa.Column("mailen", sa.Boolean(), nullable=False),
        sa.Column("gewijzigd_op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("eigenaar", "bron", "zaak_uuid", name=op.f("pk_zaakvoorkeuren")),
    )
    op.create_table(
        "mails",
        sa.Column("nummer", sa.String(length=32), nullable=False),
        sa.Column("versie", sa.String(length=80), nullable=False),
        sa.Column("adres_hash", sa.String(length=64), nullable=False),
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("kenmerk", sa.String(length=60), nullable=False),
        sa.Column("aangemaakt_op", Tijdstip(timezone=True), nullable=False),
        sa.Column("begonnen_op", Tijdstip(timezone=True), nullable=True),
        sa.Column("verzonden_op", Tijdstip(timezone=True), nullable=True),
        sa.Column("vertraagd_op", Tijdstip(timezone=True), nullable=True),
        sa.Column("teruggekomen_op", Tijdstip(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("nummer", name=op.f("pk_mails")),
    )
    op.create_index(op.f("ix_mails_aangemaakt_op"), "mails", ["aangemaakt_op"])
    op.create_table(
        "onbestelbaar",
        sa.Column("adres_hash", sa.String(length=64), nullable=False),
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("sinds", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("adres_hash", "eigenaar", name=op.f("pk_onbestelbaar")),
    )
    op.create_index(op.f("ix_onbestelbaar_eigenaar"), "onbestelbaar", ["eigenaar"])
    op.create_index(op.f("ix_onbestelbaar_sinds"), "onbestelbaar", ["sinds"])
    op.create_table(
        "brieven",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("mail", sa.String(length=32), nullable=False),
        sa.Column("kenmerk", sa.String(length=60), nullable=False),
        sa.Column("versie", sa.String(length=80), nullable=False),
        sa.Column("uiterlijk", sa.Date(), nullable=False),
        sa.Column("aangemaakt_op", Tijdstip(timezone=True), nullable=False),
        sa.Column("gedaan_op", Tijdstip(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brieven")),
        sa.UniqueConstraint("mail", name=op.f("uq_brieven_mail")),
    )
    op.create_index(op.f("ix_brieven_kenmerk"), "brieven", ["kenmerk"])
    op.create_index(op.f("ix_brieven_aangemaakt_op"), "brieven", ["aangemaakt_op"])
    op.create_table(
        "abonnees",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("adres_hash", sa.String(length=64), nullable=False),
        sa.Column("adres", sa.LargeBinary(), nullable=False),
        sa.Column("taal", sa.String(length=2), nullable=False),
        sa.Column("html", sa.Boolean(), nullable=False),
        sa.Column("link_versie", sa.Integer(), nullable=False),
        sa.Column("aangemaakt_op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_abonnees")),
        sa.UniqueConstraint("adres_hash", name=op.f("uq_abonnees_adres_hash")),
    )
    op.create_table(
        "inschrijvingen",
        sa.Column("abonnee_id", sa.String(length=36), nullable=False),
        sa.Column("onderwerp", sa.String(length=60), nullable=False),
        sa.Column("frequentie", sa.String(length=20), nullable=False),
        sa.Column("eigenaar", sa.String(length=64), nullable=True),
        sa.Column("bevestigd_op", Tijdstip(timezone=True), nullable=False),
        sa.Column("gebundeld_tot", Tijdstip(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["abonnee_id"], ["abonnees.id"], name=op.f("fk_inschrijvingen_abonnee_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("abonnee_id", "onderwerp", name=op.f("pk_inschrijvingen")),
    )
    op.create_index(op.f("ix_inschrijvingen_eigenaar"), "inschrijvingen", ["eigenaar"])
    op.create_index("ix_inschrijvingen_onderwerp_frequentie", "inschrijvingen", ["onderwerp", "frequentie"])
    op.create_table(
        "nieuwsbriefverzoeken",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("eigenaar", sa.String(length=64), nullable=True),
        sa.Column("bron", sa.String(length=20), nullable=False),
        sa.Column("gegevens", sa.LargeBinary(), nullable=False),
        sa.Column("aangemaakt_op", Tijdstip(timezone=True), nullable=False),
        sa.Column("verloopt_op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nieuwsbriefverzoeken")),
    )
    op.create_index(op.f("ix_nieuwsbriefverzoeken_verloopt_op"), "nieuwsbriefverzoeken", ["verloopt_op"])
    op.create_table(
        "toestemmingen",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("adres_hash", sa.String(length=64), nullable=False),
        sa.Column("eigenaar", sa.String(length=64), nullable=True),
        sa.Column("onderwerp", sa.String(length=60), nullable=False),
        sa.Column("handeling", sa.String(length=20), nullable=False),
        sa.Column("bron", sa.String(length=20), nullable=False),
        sa.Column("tekst_versie", sa.String(length=16), nullable=False),
        sa.Column("gevraagd_op", Tijdstip(timezone=True), nullable=True),
        sa.Column("op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_toestemmingen")),
    )
    op.create_index(op.f("ix_toestemmingen_adres_hash"), "toestemmingen", ["adres_hash"])
    op.create_index(op.f("ix_toestemmingen_eigenaar"), "toestemmingen", ["eigenaar"])
    op.create_index(op.f("ix_toestemmingen_op"), "toestemmingen", ["op"])
    op.create_table(
        "toestemmingsteksten",
        sa.Column("versie", sa.String(length=16), nullable=False),
        sa.Column("tekst", sa.Text(), nullable=False),
        sa.Column("vanaf", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("versie", name=op.f("pk_toestemmingsteksten")),
    )
    op.create_table(
        "mailblokkades",
        sa.Column("adres_hash", sa.String(length=64), nullable=False),
        sa.Column("reden", sa.String(length=20), nullable=False),
        sa.Column("op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("adres_hash", name=op.f("pk_mailblokkades")),
    )
    op.create_table(
        "uitgaven",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("inhoud", sa.Text(), nullable=False),
        sa.Column("voorbeeld_op", Tijdstip(timezone=True), nullable=False),
        sa.Column("vrijgegeven_op", Tijdstip(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uitgaven")),
        sa.UniqueConstraint("hash", name=op.f("uq_uitgaven_hash")),
    )
    op.create_index(op.f("ix_uitgaven_vrijgegeven_op"), "uitgaven", ["vrijgegeven_op"])
    op.create_table(
        "zendingen",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("soort", sa.String(length=20), nullable=False),
        sa.Column("uitgave_id", sa.String(length=36), nullable=True),
        sa.Column("tot", Tijdstip(timezone=True), nullable=False),
        sa.Column("gevuld_op", Tijdstip(timezone=True), nullable=True),
        sa.Column("klaar_op", Tijdstip(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["uitgave_id"], ["uitgaven.id"], name=op.f("fk_zendingen_uitgave_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zendingen")),
    )
    op.create_index(op.f("ix_zendingen_klaar_op"), "zendingen", ["klaar_op"])
    op.create_table(
        "ontvangers",
        sa.Column("zending_id", sa.String(length=60), nullable=False),
        sa.Column("abonnee_id", sa.String(length=36), nullable=False),
        sa.Column("toestand", sa.String(length=20), nullable=False),
        sa.Column("pogingen", sa.Integer(), nullable=False),
        sa.Column("vrij_op", Tijdstip(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["abonnee_id"], ["abonnees.id"], name=op.f("fk_ontvangers_abonnee_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["zending_id"], ["zendingen.id"], name=op.f("fk_ontvangers_zending_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("zending_id", "abonnee_id", name=op.f("pk_ontvangers")),
    )
    op.create_index(op.f("ix_ontvangers_abonnee_id"), "ontvangers", ["abonnee_id"])
    op.create_index("ix_ontvangers_zending_id_toestand", "ontvangers", ["zending_id", "toestand", "abonnee_id"])
    op.create_table(
        "vragen",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("nummer", sa.String(length=10), nullable=False),
        sa.Column("inhoud", sa.LargeBinary(), nullable=False),
        sa.Column("antwoord_voor", sa.Date(), nullable=False),
        sa.Column("klantcontact", sa.String(length=36), nullable=True),
        sa.Column("ontvangen_op", Tijdstip(timezone=True), nullable=False),
        sa.Column("overgedragen_op", Tijdstip(timezone=True), nullable=True),
        sa.Column("kcc_op", Tijdstip(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vragen")),
        sa.UniqueConstraint("nummer", name=op.f("uq_vragen_nummer")),
    )
    op.create_index(op.f("ix_vragen_eigenaar"), "vragen", ["eigenaar"])
    op.create_index(op.f("ix_vragen_klantcontact"), "vragen", ["klantcontact"])
    op.create_table(
        "vraaglezingen",
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("klantcontact", sa.String(length=36), nullable=False),
        sa.Column("gelezen_op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("eigenaar", "klantcontact", name=op.f("pk_vraaglezingen")),
    )
    op.create_index(op.f("ix_vraaglezingen_gelezen_op"), "vraaglezingen", ["gelezen_op"])
    op.create_table(
        "bekenden",
        sa.Column("identificatie", sa.String(length=64), nullable=False),
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("gegevens", sa.LargeBinary(), nullable=True),
        sa.Column("taal", sa.String(length=2), nullable=False),
        sa.Column("gezien_op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("identificatie", "eigenaar", name=op.f("pk_bekenden")),
    )
    op.create_index(op.f("ix_bekenden_eigenaar"), "bekenden", ["eigenaar"])
    op.create_index(op.f("ix_bekenden_gezien_op"), "bekenden", ["gezien_op"])
    op.create_table(
        "notificaties",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("bron", sa.String(length=20), nullable=False),
        sa.Column("zaak_uuid", sa.String(length=36), nullable=False),
        sa.Column("kenmerk", sa.String(length=64), nullable=False),
        sa.Column("soort", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=2), nullable=False),
        sa.Column("nummer", sa.String(length=40), nullable=False),
        sa.Column("pad", sa.String(length=200), nullable=False),
        sa.Column("doen", sa.Boolean(), nullable=False),
        sa.Column("uiterlijk", sa.Date(), nullable=True),
        sa.Column("op", Tijdstip(timezone=True), nullable=False),
        sa.Column("gelezen_op", Tijdstip(timezone=True), nullable=True),
        sa.Column("wacht_op_mail", sa.Boolean(), nullable=False),
        sa.Column("gemaild_op", Tijdstip(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notificaties")),
        sa.UniqueConstraint("eigenaar", "bron", "zaak_uuid", "kenmerk", name=op.f("uq_notificaties_eigenaar")),
    )
    op.create_index(op.f("ix_notificaties_op"), "notificaties", ["op"])
    op.create_table(
        "gelezen_berichten",
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("bericht", sa.String(length=36), nullable=False),
        sa.Column("gelezen_op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("eigenaar", "bericht", name=op.f("pk_gelezen_berichten")),
    )
    op.create_index(op.f("ix_gelezen_berichten_gelezen_op"), "gelezen_berichten", ["gelezen_op"])
    op.create_table(
        "notificatietellingen",
        sa.Column("uitkomst", sa.String(length=40), nullable=False),
        sa.Column("aantal", sa.Integer(), nullable=False),
        sa.Column("laatst_op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("uitkomst", name=op.f("pk_notificatietellingen")),
    )
    op.add_column("conceptstappen", sa.Column("door", sa.String(length=64), nullable=True))
    op.add_column("inlogpogingen", sa.Column("dienst", sa.String(length=60), nullable=True))
    op.add_column("bewijzen", sa.Column("actor", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_bewijzen_actor"), "bewijzen", ["actor"])
    op.create_table(
        "paginatellers",
        sa.Column("dag", sa.Date(), nullable=False),
        sa.Column("formulier", sa.String(length=60), nullable=False),
        sa.Column("versie", sa.Integer(), nullable=False),
        sa.Column("stap", sa.String(length=60), nullable=False),
        sa.Column("begonnen", sa.Integer(), nullable=False),
        sa.Column("beantwoord", sa.Integer(), nullable=False),
        sa.Column("fout", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("dag", "formulier", "versie", "stap", name=op.f("pk_paginatellers")),
    )
    op.create_table(
        "baliesessies",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("pseudoniem", sa.String(length=64), nullable=False),
        sa.Column("gegevens", sa.LargeBinary(), nullable=False),
        sa.Column("laatst_gezien_op", Tijdstip(timezone=True), nullable=False),
        sa.Column("eindigt_op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_baliesessies")),
    )
    op.create_index(op.f("ix_baliesessies_eindigt_op"), "baliesessies", ["eindigt_op"])
    op.create_index(op.f("ix_baliesessies_pseudoniem"), "baliesessies", ["pseudoniem"])
    op.create_table(
        "dossiers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("niveau", sa.Integer(), nullable=False),
        sa.Column("toestand", sa.String(length=10), nullable=False),
        sa.Column("keer", sa.Integer(), nullable=False),
        sa.Column("gedaan", sa.Integer(), nullable=False),
        sa.Column("totaal", sa.Integer(), nullable=False),
        sa.Column("sleutel", sa.LargeBinary(), nullable=True),
        sa.Column("grootte", sa.Integer(), nullable=False),
        sa.Column("aangemaakt_op", Tijdstip(timezone=True), nullable=False),
        sa.Column("verloopt_op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
    )
    op.create_index(op.f("ix_dossiers_eigenaar"), "dossiers", ["eigenaar"])
    op.create_index(op.f("ix_dossiers_verloopt_op"), "dossiers", ["verloopt_op"])
    op.create_table(
        "verwerkingen",
        sa.Column("keten", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("volgnr", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("eigenaar", sa.String(length=64), nullable=False),
        sa.Column("activiteit", sa.String(length=20), nullable=False),
        sa.Column("bronnen", sa.Text(), nullable=False),
        sa.Column("rol", sa.String(length=12), nullable=False),
        sa.Column("door", sa.String(length=64), nullable=False),
        sa.Column("zaak_uuid", sa.String(length=36), nullable=True),
        sa.Column("trace_id", sa.String(length=32), nullable=False),
        sa.Column("op", Tijdstip(timezone=True), nullable=False),
        sa.Column("dag", sa.Date(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("keten", "volgnr", name=op.f("pk_verwerkingen")),
    )
    op.create_index("ix_verwerkingen_eigenaar_dag", "verwerkingen", ["eigenaar", "dag"])
    op.create_table(
        "verwerkingsketens",
        sa.Column("keten", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("volgnr", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("anker_volgnr", sa.Integer(), nullable=False),
        sa.Column("anker_hash", sa.String(length=64), nullable=False),
        sa.Column("zegel", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("keten", name=op.f("pk_verwerkingsketens")),
    )
    op.create_table(
        "mij_ook",
        sa.Column("melding", sa.String(length=160), nullable=False),
        sa.Column("wie", sa.String(length=64), nullable=False),
        sa.Column("op", Tijdstip(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("melding", "wie", name=op.f("pk_mij_ook")),
    )
    op.create_index(op.f("ix_mij_ook_op"), "mij_ook", ["op"])


def downgrade() -> None:
    op.drop_table("mij_ook")
    op.drop_table("verwerkingsketens")
    op.drop_table("verwerkingen")
    op.drop_table("dossiers")
    op.drop_table("baliesessies")
    op.drop_table("paginatellers")
    op.drop_index(op.f("ix_bewijzen_actor"), "bewijzen")
    op.drop_column("bewijzen", "actor")
    op.drop_column("conceptstappen", "door")
    op.drop_column("inlogpogingen", "dienst")
    op.drop_table("notificatietellingen")
    op.drop_table("gelezen_berichten")
    op.drop_table("notificaties")
    op.drop_table("bekenden")
    op.drop_table("vraaglezingen")
    op.drop_table("vragen")
    op.drop_table("ontvangers")
    op.drop_table("zendingen")
    op.drop_table("uitgaven")
    op.drop_table("mailblokkades")
    op.drop_table("toestemmingsteksten")
    op.drop_table("toestemmingen")
    op.drop_table("nieuwsbriefverzoeken")
    op.drop_table("inschrijvingen")
    op.drop_table("abonnees")
    op.drop_table("brieven")
    op.drop_table("onbestelbaar")
    op.drop_table("mails")
    op.drop_table("zaakvoorkeuren")
    op.drop_table("voorkeuren")
    op.drop_table("contactadressen")
