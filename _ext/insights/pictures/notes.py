"""Pictures without the notes that cameras and programs leave in them. Not a pixel changes: whole blocks of the file are left out.

What is needed to show a picture stays: its colours, size, animation, and which side is up.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress

#: How each kind of picture begins. AVIF has the length of its first block before this.
SIGNATURES = {"PNG": rb"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff", "GIF": b"GIF8", "WebP": b"RIFF....WEBP", "AVIF": b"....ftyp"}
AVIF_BRANDS = (b"avif", b"avis", b"mif1", b"miaf")
#: Blocks of PNG that browsers use, besides those whose names begin with a capital (PNG, third edition, section 11).
PNG_BLOCKS = frozenset(
    {b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"bKGD", b"hIST", b"pHYs",
     b"sPLT", b"acTL", b"fcTL", b"fdAT"}
)  # fmt: skip
#: Blocks of WebP that browsers use (RFC 9649).
WEBP_BLOCKS = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
#: The extensions of GIF that say how often to repeat, and which colours are meant.
GIF_EXTENSIONS = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
#: In the scans of a JPEG, a byte 0xFF starts the next segment unless a zero or a restart marker follows it.
JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
ORIENTATION, GPS = 0x0112, 0x8825
EXIF = b"Exif\0\0"
#: An Exif note of AVIF that says nothing: where its TIFF file begins, and an empty directory.
NO_EXIF = bytes(4) + b"MM\0*\0\0\0\x08"
#: Places in notes other than Exif.
PLACE = re.compile(rb"GPSLatitude|Iptc4xmpCore:Location")


class NotAPictureError(ValueError):
    """The file is damaged, or no picture of a kind that browsers show."""


def picture_kind(content: bytes) -> str:
    """The kind of a picture, by how its file begins. Raises NotAPictureError."""
    for kind, signature in SIGNATURES.items():
        if re.match(signature, content, re.DOTALL) and (kind != "AVIF" or content[8:12] in AVIF_BRANDS):
            return kind
    raise NotAPictureError("no picture")


def without_notes(content: bytes) -> tuple[bytes, bool]:
    """A picture without notes, and whether they said where it was taken. Raises NotAPictureError."""
    notes: list[bytes] = []
    parts = {"PNG": _png, "JPEG": _jpeg, "GIF": _gif, "WebP": _webp, "AVIF": _avif}[picture_kind(content)]
    try:
        cleaned = b"".join(parts(content, notes))
    except (IndexError, ValueError, struct.error):
        raise NotAPictureError("damaged") from None
    return cleaned, any(_has_place(note) for note in notes)


def orientation(content: bytes) -> int:
    """Which side of a picture is up, as Exif numbers it: 1 if the file has it on top, 5 to 8 if width and height are swapped."""
    notes: list[bytes] = []
    if picture_kind(content) in ("PNG", "JPEG", "WebP"):
        without = {"PNG": _png, "JPEG": _jpeg, "WebP": _webp}[picture_kind(content)]
        with suppress(IndexError, ValueError, struct.error):
            list(without(content, notes))
    return max((_orientation(note) for note in notes if note.startswith(EXIF)), default=1)


def _exif(note: bytes) -> dict[int, object]:
    from PIL import Image  # here, because most builds bring no new picture

    exif = Image.Exif()
    with suppress(Exception):  # a damaged note says nothing
        exif.load(note)
        return {GPS: exif.get_ifd(GPS), ORIENTATION: exif.get(ORIENTATION)}
    return {}


def _has_place(note: bytes) -> bool:
    return bool(_exif(note).get(GPS)) if note.startswith(EXIF) else PLACE.search(note) is not None


def _orientation(note: bytes) -> int:
    turned = _exif(note).get(ORIENTATION)
    return turned if isinstance(turned, int) and 1 <= turned <= 8 else 1


def _upright(note: bytes) -> bytes:
    """An Exif note that says only which side is up; empty if that is the top of the file."""
    if (turned := _orientation(note)) == 1:
        return b""
    # A TIFF file with one directory of one entry: a short integer.
    return EXIF + b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, turned, 0, 0)


def _png(content: bytes, notes: list[bytes]) -> Iterator[bytes]:
    yield content[:8]
    position, name = 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", content, position)
        data, end = content[position + 8 : position + 8 + length], position + 12 + length
        if end > len(content):
            raise ValueError
        if name[:1].isupper() or name in PNG_BLOCKS:
            yield content[position:end]
        else:
            notes.append(EXIF + data if name == b"eXIf" else data)
            if name == b"eXIf" and (kept := _upright(notes[-1]).removeprefix(EXIF)):
                yield struct.pack(">I", len(kept)) + name + kept + struct.pack(">I", zlib.crc32(name + kept))
        position = end


def _jpeg(content: bytes, notes: list[bytes]) -> Iterator[bytes]:
    yield content[:2]
    position = 2
    while (marker := content[position + 1]) != 0xD9:
        if content[position] != 0xFF:
            raise ValueError
        if marker == 0xFF:  # fills up to the next segment
            position += 1
            continue
        end = position + 2 + struct.unpack_from(">H", content, position + 2)[0]
        data = content[position + 4 : end]
        if marker == 0xDA:  # pixels follow
            if (following := JPEG_MARKER.search(content, end)) is None:
                raise ValueError
            end = following.start()
        colours = marker == 0xE2 and data.startswith(b"ICC_PROFILE\0")
        if (not 0xE0 <= marker <= 0xEF and marker != 0xFE) or marker in (0xE0, 0xEE) or colours:
            yield content[position:end]
        else:
            notes.append(data)
            if data.startswith(EXIF) and (kept := _upright(data)):
                yield b"\xff\xe1" + struct.pack(">H", len(kept) + 2) + kept
        position = end
    yield b"\xff\xd9"  # what follows are previews, and films that phones keep beside a picture


def _gif(content: bytes, notes: list[bytes]) -> Iterator[bytes]:
    def colours(flags: int) -> int:
        return 3 << (flags & 7) + 1 if flags & 0x80 else 0

    def blocks_end(at: int) -> int:
        while content[at]:
            at += content[at] + 1
        return at + 1

    position = 13 + colours(content[10])
    yield content[:position]
    while (kind := content[position]) != 0x3B:
        if kind == 0x2C:
            end = blocks_end(position + 11 + colours(content[position + 9]))
        elif kind == 0x21:
            end = blocks_end(position + 2)
        else:
            raise ValueError
        label, name = content[position + 1], content[position + 3 : position + 14]
        if kind == 0x21 and (label == 0xFE or (label == 0xFF and name not in GIF_EXTENSIONS)):
            notes.append(content[position:end])
        else:
            yield content[position:end]
        position = end
    yield b"\x3b"


def _webp(content: bytes, notes: list[bytes]) -> Iterator[bytes]:
    parts, position = [], 12
    end = min(len(content), 8 + struct.unpack_from("<I", content, 4)[0])
    while position < end:
        name, length = struct.unpack_from("<4sI", content, position)
        data = content[position + 8 : position + 8 + length]
        if len(data) < length:
            raise ValueError
        if name not in WEBP_BLOCKS:
            notes.append(EXIF + data.removeprefix(EXIF) if name == b"EXIF" else data)
            data = _upright(notes[-1]).removeprefix(EXIF) if name == b"EXIF" else b""
        if data:
            parts.append((name, data))
        position += 8 + length + length % 2
    names = {name for name, _ in parts}
    body = b""
    for name, data in parts:
        if name == b"VP8X":  # its first byte says which other blocks there are
            data = bytes([data[0] & ~0x0C | (0x08 if b"EXIF" in names else 0)]) + data[1:]
        body += name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    yield b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _avif(content: bytes, notes: list[bytes]) -> Iterator[bytes]:
    """Notes in an AVIF are items, found by their places in the file; so they are overwritten rather than left out."""
    cleaned = bytearray(content)
    for name, start, end in _boxes(content, 0, len(content)):
        if name == b"meta":
            boxes = {inner: (at, to) for inner, at, to in _boxes(content, start + 4, end)}
            items = _note_items(content, *boxes[b"iinf"]) if b"iinf" in boxes else {}
            for item, at, length in _item_places(content, *boxes[b"iloc"]) if b"iloc" in boxes else ():
                if item in items and at + length <= len(content):
                    data = content[at : at + length]
                    notes.append(EXIF + data[4:].removeprefix(EXIF) if items[item] else data)
                    cleaned[at : at + length] = (NO_EXIF if items[item] else b"").ljust(length, b"\0")[:length]
    yield bytes(cleaned)


def _boxes(content: bytes, position: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes between two positions: name, start and end of what is in each (ISO/IEC 14496-12)."""
    while position + 8 <= end:
        length, name = struct.unpack_from(">I4s", content, position)
        head = 8
        if length == 1:
            length, head = struct.unpack_from(">Q", content, position + 8)[0], 16
        length = length or end - position
        if length < head or position + length > end:
            raise ValueError
        yield name, position + head, position + length
        position += length


def _note_items(content: bytes, start: int, end: int) -> dict[int, bool]:
    """The numbers of the items that are notes, and whether each is Exif or XMP."""
    items = {}
    for name, at, to in _boxes(content, start + (6 if content[start] == 0 else 8), end):
        if name == b"infe" and (version := content[at]) >= 2:
            number, _, kind = struct.unpack_from(">HH4s" if version == 2 else ">IH4s", content, at + 4)
            if kind == b"Exif" or (kind == b"mime" and b"rdf+xml" in content[at:to]):
                items[number] = kind == b"Exif"
    return items


def _item_places(content: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The number of each item, with the places and lengths of its parts in the file."""
    version, position = content[start], start + 6

    def number(size: int) -> int:
        nonlocal position
        position += size
        return int.from_bytes(content[position - size : position], "big")

    offset_size, length_size = content[start + 4] >> 4, content[start + 4] & 15
    base_size, index_size = content[start + 5] >> 4, content[start + 5] & 15 if version else 0
    for _ in range(number(4 if version == 2 else 2)):
        item = number(4 if version == 2 else 2)
        method = number(2) & 15 if version else 0
        number(2)  # the file, which is this one
        base = number(base_size)
        for _ in range(number(2)):
            number(index_size)
            offset, length = number(offset_size), number(length_size)
            if method == 0:
                yield item, base + offset, length
