"""`pip-portal nieuwsbrief`: looking at a newsletter, sending it, and answering who asks what we know of an address.

An address is read from standard input, never from the command line, which other people on the machine can see.
"""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

import aiosmtplib

from pip_portal.db import Sessionmaker, open_db
from pip_portal.nieuwsbrief import toestemming, uitgave, verdelen, voorkeuren
from pip_portal.nieuwsbrief.bericht import Lezer, maak_nieuwsbrief, stel_samen
from pip_portal.nieuwsbrief.ontvangers import Stand
from pip_portal.nieuwsbrief.opmaak import OpmaakFout
from pip_portal.nieuwsbrief.verzenden import MailserverWeg, Verzender
from pip_portal.nieuwsbrief.zendingen import ga_door
from pip_portal.post.opmaken import adres_van
from pip_portal.post.versturen import reden, verbinding
from pip_portal.settings import Settings, Smtp
from pip_portal.sleutels import Sleutels
from pip_portal.tijd import now

BREEDTE: Final = 30  # characters of the bar
GESTOPT: Final = 130  # as a program that was stopped with Ctrl-C


class Fout(Exception):
    """A sentence for who typed the command."""


def argumenten(parser: argparse.ArgumentParser) -> None:
    wat = parser.add_subparsers(dest="wat", required=True)
    voorbeeld = wat.add_parser("voorbeeld", help="look at a newsletter before it may be sent")
    voorbeeld.add_argument("bestand", type=Path, help="Markdown; the same name with .en.md is its English")
    voorbeeld.add_argument("--map", type=Path, help="where the HTML and the text go; else beside the file")
    voorbeeld.add_argument("--mail", action="store_true", help="also mail it to the address on standard input")
    verstuur = wat.add_parser("verstuur", help="send a newsletter that was looked at, or go on with it")
    verstuur.add_argument("bestand", type=Path)
    verstuur.add_argument("--ja", action="store_true", help="do not ask")
    wat.add_parser("bundel", help="send the mails of the week and the month that are due")
    for naam, hulp in (("export", "all consent of one address, as JSON"), ("afmelden", "stop all mail to one address")):
        wat.add_parser(naam, help=hulp).add_argument(
            "--adres", required=True, choices=["-"], help="-: read it from standard input"
        )


def voer_uit(args: argparse.Namespace, settings: Settings) -> int:
    """The exit code: 0 done, 1 something is wrong, 130 stopped."""
    try:
        return asyncio.run(_voer_uit(args, settings))
    except OpmaakFout as exc:
        _zeg(*exc.regels)
    except Fout as exc:
        _zeg(str(exc))
    except MailserverWeg as exc:
        _zeg(f"De mailserver antwoordt niet ({exc}). Er is niets kwijt. Geef dezelfde opdracht later opnieuw.")
    except OSError as exc:
        _zeg(f"{exc.filename or ''}: {exc.strerror}")
    return 1


async def _voer_uit(args: argparse.Namespace, settings: Settings) -> int:
    async with open_db(settings.database_url) as db:
        sleutels = Sleutels(settings)
        if args.wat == "voorbeeld":
            return await _voorbeeld(db, settings, args.bestand, args.map or args.bestand.parent, mail=args.mail)
        if args.wat == "verstuur":
            return await _verstuur(db, sleutels, settings, args.bestand, ja=args.ja)
        if args.wat == "bundel":
            ids = await verdelen.plan_bundels(db, sleutels)
            return max([await _verzend(db, sleutels, settings, id_) for id_ in ids], default=0)
        adres = sys.stdin.readline().strip()
        if args.wat == "afmelden":
            af = await voorkeuren.meld_adres_af(db, sleutels, adres, bron="beheer", reden="afgemeld")
            sys.stdout.write("Afgemeld.\n" if af else "Dit adres krijgt geen nieuwsbrieven.\n")
            return 0
        regels = [asdict(regel) for regel in await toestemming.van_adres(db, sleutels, adres)]
        sys.stdout.write(json.dumps(regels, default=str, ensure_ascii=False, indent=2) + "\n")
        return 0


# ---- looking -----------------------------------------------------------------------------------------------


async def _voorbeeld(db: Sessionmaker, settings: Settings, bestand: Path, map_: Path, *, mail: bool) -> int:
    """Write each language as HTML and as text, and remember that this was looked at."""
    brief, hash_ = uitgave.lees_bestand(bestand)
    smtp = _smtp(settings)
    adres = adres_van(sys.stdin.readline()) if mail else "lezer@voorbeeld.nl"
    for taal in brief.versies:
        lezer = Lezer(adres, taal, True, settings.public_url, settings.public_url)
        samengesteld = stel_samen([uitgave.in_taal(brief.model_dump_json(), taal)], taal)
        bericht = maak_nieuwsbrief(smtp, samengesteld, lezer, nummer=f"voorbeeld-{hash_[:16]}-{taal}", moment=now())
        for soort, achter in (("html", "html"), ("plain", "txt")):
            deel = bericht.get_body((soort,))
            doel = map_ / f"{bestand.stem}.{taal}.{achter}"
            doel.write_text(str(deel.get_content()) if deel else "")
            sys.stdout.write(f"{doel}\n")
        if mail:
            bericht.replace_header("Subject", f"[Voorbeeld] {samengesteld.onderwerp}")
            try:
                await aiosmtplib.send(
                    bericht, sender=smtp.afzender, recipients=[adres], **verbinding(smtp, settings.public_url)
                )
            except aiosmtplib.SMTPException as exc:
                raise Fout(f"Het voorbeeld is niet gemaild: {reden(exc)}.") from None
    await uitgave.bewaar_voorbeeld(db, brief, hash_)
    sys.stdout.write(f"{_zoveel(await uitgave.aantallen(db, brief.onderwerpen))}\n")
    return 0


def _zoveel(aantallen: Mapping[str, int]) -> str:
    return ", ".join(f"{frequentie}: {aantal}" for frequentie, aantal in aantallen.items())


# ---- sending -----------------------------------------------------------------------------------------------


async def _verstuur(db: Sessionmaker, sleutels: Sleutels, settings: Settings, bestand: Path, *, ja: bool) -> int:
    brief, hash_ = uitgave.lees_bestand(bestand)
    gezien = await uitgave.met_hash(db, hash_)
    if gezien is None:
        raise Fout(f"Bekijk eerst precies deze nieuwsbrief: pip-portal nieuwsbrief voorbeeld {bestand}")
    _smtp(settings)
    onderwerp = brief.versies[brief.taal].onderwerp
    sys.stdout.write(f"{onderwerp}\n{_zoveel(await uitgave.aantallen(db, brief.onderwerpen))}\n")
    if gezien.vrijgegeven_op is None and not ja and not await asyncio.to_thread(_zegt_ja):
        raise Fout("Er is niets verstuurd.")
    return await _verzend(db, sleutels, settings, await uitgave.geef_vrij(db, gezien.id))


def _zegt_ja() -> bool:
    sys.stdout.write("Nu versturen? Typ ja: ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() == "ja"


async def _verzend(db: Sessionmaker, sleutels: Sleutels, settings: Settings, zending: str) -> int:
    """Send with a bar; Ctrl-C ends what is under way and stops."""
    stop = asyncio.Event()
    for sein in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sein, stop.set)
    verzender = Verzender(db, sleutels, _smtp(settings), settings.nieuwsbrief, settings.public_url)
    stand = await verzender.verzend(zending, stop, _balk)
    sys.stderr.write("\n")
    if stop.is_set() and stand.open:
        _zeg(f"Gestopt. Er wachten nog {stand.open}. Geef dezelfde opdracht opnieuw om verder te gaan.")
        return GESTOPT
    if stand.open:
        await ga_door(db, sleutels, zending, int(now().timestamp()), stand.weer_op)
        sys.stdout.write(f"De mailserver neemt er nu {stand.open} niet aan. De werker probeert die later.\n")
    sys.stdout.write(f"Verstuurd: {stand.verzonden}. Niet verstuurd: {stand.niet}.\n")
    return 0


def _balk(stand: Stand) -> None:
    klaar = stand.totaal - stand.open
    vol = BREEDTE * klaar // stand.totaal if stand.totaal else BREEDTE
    sys.stderr.write(f"\r[{'#' * vol}{'.' * (BREEDTE - vol)}] {klaar} van {stand.totaal} ")
    sys.stderr.flush()


def _smtp(settings: Settings) -> Smtp:
    if settings.smtp is None:
        raise Fout("PIP_SMTP ontbreekt: er is geen mailserver ingesteld.")
    return settings.smtp


def _zeg(*regels: str) -> None:
    sys.stderr.write("".join(f"{regel}\n" for regel in regels))
