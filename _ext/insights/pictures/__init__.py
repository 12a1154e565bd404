"""The pictures of the publication: their kinds and sizes, and copies without the notes of cameras and programs."""

from .notes import NotAPictureError, without_notes
from .picture import SUFFIXES, Picture, is_picture, is_svg, read_picture
