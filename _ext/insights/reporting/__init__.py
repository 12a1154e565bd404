"""The one voice of all commands: what Sphinx, MyST and other packages report, in our words, each mistake once."""

from .bibliography import not_bibtex
from .build import ENVIRONMENT_PICKLE, SWITCHES, build_site, forget_faulty, in_process
from .duplicates import distinct
from .filter import judged, setup
