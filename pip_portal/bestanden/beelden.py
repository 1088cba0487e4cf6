"""Photos: decoded and written anew, so that nothing travels along but the picture itself."""

from dataclasses import dataclass
from typing import IO

from PIL import ExifTags, Image, ImageOps
from pillow_heif import register_heif_opener

from pip_portal.bestanden.afgekeurd import Afgekeurd

MAX_PIXELS = 50_000_000
SPELING = 0.05  # how far the ratio of a photo may be off (domain §1.3, pasfoto)
KWALITEIT = 92

Image.MAX_IMAGE_PIXELS = MAX_PIXELS  # what is far above it is refused by Pillow itself, before it is decoded
register_heif_opener(thumbnails=False)

FORMATEN = {"jpg": "JPEG", "png": "PNG", "heic": "HEIF"}


@dataclass(frozen=True)
class Beeldeisen:
    """verhouding: width and height that the photo must have in proportion. locatie_bewaren: keep where it was made."""

    locatie_bewaren: bool = False
    verhouding: tuple[int, int] | None = None


def schoon_beeld(soort: str, bron: IO[bytes], doel: IO[bytes], eisen: Beeldeisen) -> None:
    """Write the picture of `bron` to `doel`: upright, without metadata; a heic becomes a jpg.

    Raises: Afgekeurd when it cannot be read, is too large, or has another ratio than asked.
    """
    try:
        with Image.open(bron, formats=(FORMATEN[soort],)) as beeld:
            if beeld.width * beeld.height > MAX_PIXELS:
                raise Afgekeurd("foto_te_groot")
            gps = beeld.getexif().get_ifd(ExifTags.IFD.GPSInfo) if eisen.locatie_bewaren else {}
            icc = beeld.info.get("icc_profile")
            recht = ImageOps.exif_transpose(beeld)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Afgekeurd("foto_te_groot") from None
    except Afgekeurd:
        raise
    except Exception:  # a broken or hostile file makes a decoder raise anything
        raise Afgekeurd("foto_onleesbaar") from None
    if eisen.verhouding:
        breed, hoog = eisen.verhouding
        if abs(recht.width / recht.height / (breed / hoog) - 1) > SPELING:
            raise Afgekeurd("verhouding")
    _schrijf(recht, "png" if soort == "png" else "jpg", doel, gps, icc)


def _schrijf(beeld: Image.Image, extensie: str, doel: IO[bytes], gps: dict[int, object], icc: bytes | None) -> None:
    kleur = beeld.mode in ("RGB", "L")
    if extensie == "jpg":
        beeld = beeld if kleur else _op_wit(beeld)
    kaal = Image.Exif()
    if gps:
        kaal.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    beeld.info = {}
    extra = {"exif": kaal} if gps else {}
    profiel = {"icc_profile": icc} if icc and (kleur or extensie == "png") else {}
    if extensie == "jpg":
        beeld.save(doel, "JPEG", quality=KWALITEIT, **extra, **profiel)
    else:
        beeld.save(doel, "PNG", **extra, **profiel)


def _op_wit(beeld: Image.Image) -> Image.Image:
    """Without transparency and in the colours that a jpg can hold."""
    if "A" not in beeld.getbands() and "transparency" not in beeld.info:
        return beeld.convert("RGB")
    doorzichtig = beeld.convert("RGBA")
    wit = Image.new("RGB", beeld.size, "white")
    wit.paste(doorzichtig, mask=doorzichtig.getchannel("A"))
    return wit
