"""What Sphinx, MyST and other packages report, in our words."""

from __future__ import annotations

from .build import ENVIRONMENT_PICKLE, SWITCHES, build_arguments, forget_faulty
from .log import log_problems
from .messages import duplicates
