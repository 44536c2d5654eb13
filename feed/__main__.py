"""`python -m feed`, the same as `writethru`."""

import sys

from feed.cron import main

sys.exit(main())
