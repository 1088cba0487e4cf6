"""The command pip-portal: serve, demo, migrate, check and more."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn
from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from pip_portal import migraties
from pip_portal.formulieren.laden import DefinitieFouten, Formulieren
from pip_portal.inloggen.saml.provider import Dienstverlener
from pip_portal.nieuwsbrief import opdrachtregel as nieuwsbrief
from pip_portal.paths import DATA, STATIC
from pip_portal.settings import Settings
from pip_portal.vragen import opdrachtregel as vragen

LATER_OPNIEUW = 75  # EX_TEMPFAIL: a mail server that pipes us a message keeps it and tries again
# Our words for what goes wrong most; the rest keeps the words of the validator.
ZINNEN = {"missing": "ontbreekt", "extra_forbidden": "bestaat niet; staat de naam goed?"}


def main(arguments: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(arguments)
    handler = {
        "serve": _serve,
        "demo": _demo,
        "worker": _worker,
        "migrate": _migrate,
        "check": _check,
        "migratie": _new_migration,
        "inzendingen": _inzendingen,
        "notificaties": _notificaties,
        "post": _post,
        "formulier": _formulier,
        "nieuwsbrief": _nieuwsbrief,
        "verwerkingen": _verwerkingen,
        "meldingen": _meldingen,
        "vragen": _vragen,
    }
    try:
        return handler[args.command](args)
    except (ValidationError, SettingsError) as exc:
        print("De instellingen kloppen niet:", file=sys.stderr)
        for line in settings_problems(exc) if isinstance(exc, ValidationError) else [exc]:
            print(f"  {line}", file=sys.stderr)
        return 2


def settings_problems(exc: ValidationError) -> list[str]:
    """A line per setting that is wrong: its name as environment variable, and why."""
    lines = []
    for error in exc.errors(include_input=False):
        name = "PIP_" + "__".join(str(part).upper() for part in error["loc"]) if error["loc"] else "instellingen"
        zin = ZINNEN.get(error["type"], error["msg"].removeprefix("Value error, "))
        lines.append(f"{name}: {zin}")
    return lines


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("pip-portal", description="Persoonlijke Internet Pagina van een gemeente")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run the portal (settings: environment PIP_… or a file in PIP_CONFIG)")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=int, default=1)
    demo = commands.add_parser("demo", help="run portal, mock DigiD/eHerkenning, reference backoffice and mailbox")
    demo.add_argument("--portaal", type=int, default=8000, help="port of the portal")
    demo.add_argument("--idp", type=int, default=8010, help="port of the mock identity provider")
    demo.add_argument("--achterkanaal", type=int, default=8011, help="port of its back channel (mutual TLS)")
    demo.add_argument("--backoffice", type=int, default=8020, help="port of the reference backoffice")
    demo.add_argument("--postbus", type=int, default=8030, help="port of the mailbox")
    demo.add_argument("--smtp", type=int, default=8025, help="port of its mail server")
    demo.add_argument("--map", default="var", help="folder for the data of the demo")
    commands.add_parser("worker", help="do the work that waits: hand over to the backoffice, send mail")
    commands.add_parser("migrate", help="bring the database to the version of this code")
    commands.add_parser("check", help="check a production configuration from end to end")
    inzendingen = commands.add_parser("inzendingen", help="what could not be handed over to the backoffice, and retry")
    wat = inzendingen.add_subparsers(dest="wat", required=True)
    wat.add_parser("lijst", help="what got stuck or takes long, with the reason")
    wat.add_parser("toon", help="state, steps and reason of one").add_argument("nummer")
    wat.add_parser("opnieuw", help="hand over again").add_argument("nummer", help='number, or "alle"')
    post = commands.add_parser("post", help="mail that came back, and the letters to write instead")
    soort = post.add_subparsers(dest="wat", required=True)
    bounces = soort.add_parser("bounces", help="read notifications of mail that cannot be delivered")
    bounces.add_argument("bestand", nargs="?", default="", help="one message, - for standard input; else PIP_BOUNCES")
    bounces.add_argument("--maildir", type=Path, help="read what is new in this Maildir")
    brieven = soort.add_parser("brieven", help="which letters must be written, and until when")
    brieven.add_argument("--alle", action="store_true", help="also those that were sent")
    brieven.add_argument("--csv", action="store_true")
    brief = soort.add_parser("brief", help="what one letter may say")
    brief.add_argument("nummer", type=int)
    brief.add_argument("--klaar", action="store_true", help="it was sent")
    nieuwsbrief.argumenten(commands.add_parser("nieuwsbrief", help="look at newsletters, send them, export consent"))
    notificaties = commands.add_parser("notificaties", help="our abonnement on what changes in the backoffice")
    notificaties.add_argument("wat", choices=("toon", "aanmelden", "afmelden", "controleer"), nargs="?", default="toon")
    vraag = commands.add_parser("vragen", help="questions that Klantinteracties does not have yet")
    wat = vraag.add_subparsers(dest="wat", required=True)
    wat.add_parser("lijst", help="their numbers and dates")
    wat.add_parser("toon", help="what one of them asks, and of whom").add_argument("nummer")
    wat.add_parser("opnieuw", help="hand one over again").add_argument("nummer")
    verwerkingen = commands.add_parser("verwerkingen", help="the log of who looked at whose data")
    verwerkingen.add_argument("wat", choices=("controleer",), help="follow every chain, and name what is not right")
    commands.add_parser("meldingen", help="known meldingen openbare ruimte and how many people have them too, as CSV")
    formulier = commands.add_parser("formulier", help="look at the forms").add_subparsers(dest="actie", required=True)
    nakijken = formulier.add_parser("check", help="say what is wrong with the forms, a line each")
    nakijken.add_argument("--map", type=Path, help="folder with formulieren/, tarieven.yaml and bronnen.yaml")
    nakijken.add_argument("--upl", type=Path, help="the Uniforme Productnamenlijst as CSV")
    nakijken.add_argument("--catalogus", action="store_true", help="also ask the catalogue of each backoffice")
    cijfers = formulier.add_parser("cijfers", help="where people stop: how many began and answered each page")
    cijfers.add_argument("naam", nargs="?", default="", help="of this form only")
    cijfers.add_argument("--dagen", type=int, default=30, choices=range(1, 91), metavar="1-90")
    commands.add_parser("migratie", help="for developers: new migration").add_argument("omschrijving")
    return parser


def _serve(args: argparse.Namespace) -> int:
    settings = Settings()  # a wrong setting is told here, in words, before workers start
    if onbruikbaar := asyncio.run(unusable_koppelingen(settings)):
        for middel, reden in onbruikbaar:
            print(f"PIP_{middel.upper()}: {reden}", file=sys.stderr)
        return 1
    if regels := formulierfouten(settings):
        print("\n".join(regels), file=sys.stderr)
        return 1
    if not (STATIC / "dist" / "manifest.json").is_file():
        print("De stijlen zijn niet gebouwd. `python3 scripts/setup.py` bouwt ze.", file=sys.stderr)
        return 1
    uvicorn.run(
        "pip_portal.main:make_app",
        factory=True,
        host=args.host,
        port=args.port,
        workers=args.workers,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        log_config=None,
        timeout_graceful_shutdown=10,
    )
    return 0


def formulierfouten(settings: Settings) -> tuple[str, ...]:
    """Why the portal cannot start with these forms: a line each."""
    try:
        Formulieren.lees(settings.formulieren or DATA)
    except DefinitieFouten as exc:
        return exc.regels
    return ()


async def unusable_koppelingen(settings: Settings) -> list[tuple[str, str]]:
    """The means of login that would stop the start, and why: a key, certificate or metadata that will not do."""
    found = []
    for middel, koppeling in (("digid", settings.digid), ("eherkenning", settings.eherkenning)):
        try:
            if koppeling is not None:
                dienstverlener = await Dienstverlener.open(koppeling, public_url=settings.public_url, middel=middel)
                await dienstverlener.close()
        except (ValueError, OSError) as exc:
            found.append((middel, str(exc)))
    return found


def _demo(args: argparse.Namespace) -> int:
    from pip_portal import demo  # only here: the portal itself does not know the stand-ins

    poorten = demo.Ports(args.portaal, args.idp, args.achterkanaal, args.backoffice, args.postbus, args.smtp)
    return demo.run(poorten, args.map)


def _worker(_args: argparse.Namespace) -> int:
    from pip_portal import logs, werker

    settings = Settings()
    logs.configure(settings.log_niveau)
    asyncio.run(werker.draai(settings))
    return 0


def _migrate(_args: argparse.Namespace) -> int:
    settings = Settings()
    try:
        migraties.upgrade(settings.database_url)
    except OperationalError as exc:
        print(f"De database is niet bereikbaar: {exc.orig}", file=sys.stderr)
        return 1
    print("De database is bij.")
    return 0


def _check(_args: argparse.Namespace) -> int:
    from pip_portal import check

    problems = asyncio.run(check.problems(Settings()))
    for problem in problems:
        print(problem)
    aantal = "1 punt" if len(problems) == 1 else f"{len(problems)} punten"
    print(f"{aantal} om te herstellen." if problems else "Niets aan de hand.")
    return 1 if problems else 0


def _inzendingen(args: argparse.Namespace) -> int:
    from pip_portal.inzendingen import opdrachtregel

    uitkomst = asyncio.run(opdrachtregel.voer_uit(Settings(), args.wat, getattr(args, "nummer", "")))
    for regel in uitkomst.regels:
        print(regel)
    if uitkomst.fout:
        print(uitkomst.fout, file=sys.stderr)
    return 1 if uitkomst.fout else 0


def _formuliercijfers(args: argparse.Namespace) -> int:
    from pip_portal.db import open_db
    from pip_portal.formulieren import cijfers

    settings = Settings()

    async def gelezen() -> list[cijfers.Paginacijfers]:
        async with open_db(settings.database_url) as db:
            return await cijfers.lees(db, args.dagen, args.naam)

    alle = Formulieren.lees(settings.formulieren or DATA).alle()
    volgorde = {(f.formulier, stap.stap): nummer for f in alle for nummer, stap in enumerate(f.stappen)}
    print("\n".join(cijfers.regels(asyncio.run(gelezen()), volgorde)))
    return 0


def _meldingen(_args: argparse.Namespace) -> int:
    from pip_portal import mij_ook
    from pip_portal.db import open_db

    async def gelezen() -> str:
        async with open_db(Settings().database_url) as db:
            return await mij_ook.als_csv(db)

    print(asyncio.run(gelezen()), end="")
    return 0


def _post(args: argparse.Namespace) -> int:
    from pip_portal.post import opdrachtregel
    from pip_portal.post.bouncebus import BusOnbereikbaar

    settings = Settings()
    if args.wat == "brieven":
        regels = asyncio.run(opdrachtregel.lijst(settings, alle=args.alle, als_csv=args.csv))
    elif args.wat == "brief":
        regels = asyncio.run(opdrachtregel.brief(settings, args.nummer, klaar=args.klaar))
    else:
        try:
            regels = asyncio.run(opdrachtregel.bounces(settings, args.bestand, args.maildir))
        except (BusOnbereikbaar, SQLAlchemyError, OSError) as exc:
            waarom = str(exc) if isinstance(exc, BusOnbereikbaar) else type(exc).__name__
            print(f"Nu niet te verwerken: {waarom}", file=sys.stderr)
            return LATER_OPNIEUW
    print("\n".join(regels) or "Er is geen brief met dit nummer die nog moet.")
    return 0 if regels else 1


def _nieuwsbrief(args: argparse.Namespace) -> int:
    return nieuwsbrief.voer_uit(args, Settings())


def _vragen(args: argparse.Namespace) -> int:
    regels, fout = asyncio.run(vragen.voer_uit(Settings(), args.wat, getattr(args, "nummer", "")))
    print("\n".join(regels), file=sys.stderr if fout else sys.stdout)
    return 1 if fout else 0


def _notificaties(args: argparse.Namespace) -> int:
    from pip_portal.notificaties import abonnement

    uitkomst = asyncio.run(abonnement.voer_uit(Settings(), args.wat))
    for regel in uitkomst.regels:
        print(regel, file=sys.stderr if uitkomst.fout else sys.stdout)
    return 1 if uitkomst.fout else 0


def _verwerkingen(_args: argparse.Namespace) -> int:
    from pip_portal.db import open_db
    from pip_portal.sleutels import Sleutels
    from pip_portal.verwerkingen import keten

    settings = Settings()

    async def gevolgd() -> keten.Uitkomst:
        async with open_db(settings.database_url) as db:
            return await keten.controleer(db, Sleutels(settings))

    uitkomst = asyncio.run(gevolgd())
    for fout in uitkomst.fouten:
        print(fout, file=sys.stderr)
    print(f"{uitkomst.aantal} regels nagekeken.")
    return 1 if uitkomst.fouten else 0


def _formulier(args: argparse.Namespace) -> int:
    if args.actie == "cijfers":
        return _formuliercijfers(args)
    from pip_portal.formulieren.nakijken import nakijken, nakijken_in_catalogus

    regels, fout = nakijken(args.map or DATA, args.upl)
    if args.catalogus and not fout:
        settings = Settings()
        meer, ook_fout = asyncio.run(nakijken_in_catalogus(args.map or settings.formulieren or DATA, settings))
        regels, fout = regels + meer, ook_fout
    for regel in regels:
        print(regel)
    print("Er is iets te herstellen." if fout else "De formulieren zijn in orde.")
    return 1 if fout else 0


def _new_migration(args: argparse.Namespace) -> int:
    migraties.autogenerate(args.omschrijving)
    return 0
