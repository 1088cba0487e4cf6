import sys

from pip_portal.cli import main

sys.exit(main())
