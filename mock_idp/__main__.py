"""`python -m mock_idp keys` makes keys and metadata and prints where they are; `serve` runs the stand-in."""

import argparse
import json
import logging
import sys

from mock_idp.config import Config, NotDevelopment
from mock_idp.idp_metadata import write_metadata
from mock_idp.keys import CA, KeyStore
from mock_idp.serve import CannotStart, serve


def main() -> int:
    parser = argparse.ArgumentParser(prog="mock_idp", description="Nagemaakte inlogdienst voor ontwikkelen en testen")
    parser.add_argument("opdracht", choices=["keys", "serve"])
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="mock_idp %(levelname)s %(message)s")
    config = Config()
    try:
        config.require_development()
        if arguments.opdracht == "keys":
            _print_keys(config)
        else:
            serve(config)
    except (NotDevelopment, CannotStart) as exc:
        print(exc, file=sys.stderr)
        return 1
    return 0


def _print_keys(config: Config) -> None:
    keys = KeyStore(config.dir)
    written: dict[str, object] = {**write_metadata(config, keys), "ca": str(keys.certificate_path(CA))}
    print(json.dumps(written, indent=2))


if __name__ == "__main__":
    sys.exit(main())
