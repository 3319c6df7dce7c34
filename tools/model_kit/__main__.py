"""`python -m tools.model_kit`."""

from tools.model_kit.cli import main

raise SystemExit(main())
