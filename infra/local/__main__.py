"""`python -m infra.local`: start the whole system and serve it on one port."""

from __future__ import annotations

import sys

from infra.local.site.server import main

sys.exit(main())
