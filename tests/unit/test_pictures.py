"""Pictures are published as their authors see them, and without what cameras and programs note in them."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from insights.pictures import NotAPictureError, notes, read_picture, svg, without_notes
from PIL import Image, PngImagePlugin

FILES = ROOT / "tests/fixtures/constructs/files"
KINDS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF")
XMP = b"<x:xmpmeta><exif:GPSLatitude>48,12N</exif:GPSLatitude>by Somebody</x:xmpmeta>"


def saved(kind: str, *, turned: int = 1, place: bool = False, **more: Any) -> bytes:
    """A picture of two colours and sizes, with every note that Pillow can write."""
    exif, text = Image.Exif(), PngImagePlugin.PngInfo()
    exif[0x013B], exif[notes.ORIENTATION] = "Somebody", turned
    if place:
        exif[notes.GPS] = {1: "N", 2: (48.0, 12.0, 0.0), 3: "E", 4: (16.0, 22.0, 0.0)}
    for name in ("Software", "date:create", "Author"):
        text.add_text(name, "Somebody")
    colours = np.random.default_rng(15).integers(0, 255, (24, 40, 3), dtype=np.uint8)
    by_kind: dict[str, dict[str, Any]] = {
        "PNG": {"pnginfo": text, "dpi": (144, 144)}, "JPEG": {"comment": b"Somebody", "progressive": True, "xmp": XMP},
        "WEBP": {"xmp": XMP}, "AVIF": {"xmp": XMP}, "GIF": {"comment": b"Somebody", "save_all": True, "loop": 0, "duration": 20},
    }  # fmt: skip
    animation = {"append_images": [Image.new("RGB", (40, 24), "red")]}
    options = by_kind[kind] | (animation if kind == "GIF" else {"exif": exif, "icc_profile": b"c" * 99})
    file = io.BytesIO()
    Image.fromarray(colours).save(file, kind, **options | more)
    return file.getvalue()


def pixels(content: bytes) -> list[bytes]:
    """The pixels of each frame."""
    image = Image.open(io.BytesIO(content))
    frames = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        frames.append(image.convert("RGBA").tobytes())
    return frames


@pytest.mark.parametrize("kind", KINDS)
def test_notes_are_taken_out_and_every_pixel_stays(kind: str) -> None:
    content = saved(kind, place=True)
    published, has_place = without_notes(content)
    assert b"Somebody" in content
    assert b"Somebody" not in published
    assert b"GPSLatitude" not in published
    assert has_place == (kind != "GIF")
    assert pixels(published) == pixels(content)
    colours = [Image.open(io.BytesIO(picture)).info.get("icc_profile") for picture in (content, published)]
    assert colours[0] == colours[1]
    assert without_notes(published) == (published, False)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("turned", range(1, 9))
def test_a_picture_is_shown_the_way_up_that_its_camera_says(tmp_path: Path, kind: str, turned: int) -> None:
    content = saved(kind, turned=turned)
    published, _ = without_notes(content)
    assert notes.orientation(published) == notes.orientation(content) == turned
    assert Image.open(io.BytesIO(published)).getexif().get(notes.ORIENTATION, 1) == turned
    (tmp_path / f"a.{kind.lower()}").write_bytes(content)
    assert read_picture(tmp_path / f"a.{kind.lower()}").size == ((24, 40) if turned > 4 else (40, 24))


def test_what_a_phone_adds_behind_a_photograph_is_not_published() -> None:
    content = saved("JPEG")
    published, _ = without_notes(content + b"a film, and a second picture \xff\xd8 with notes")
    assert published == without_notes(content)[0]


@given(kind=st.sampled_from(KINDS), cut=st.floats(0, 0.999), noise=st.binary(max_size=40))
def test_a_damaged_picture_is_told_and_breaks_nothing(kind: str, cut: float, noise: bytes) -> None:
    content = saved(kind)
    damaged = content[: int(len(content) * cut)] + noise
    with suppress(NotAPictureError):
        without_notes(damaged)


@pytest.mark.parametrize("name", ["mpl", "inkscape", "drawio", "excalidraw", "graphviz", "styled"])
def test_an_svg_of_a_program_draws_the_same_without_its_notes(name: str) -> None:
    content = (FILES / f"{name}.svg").read_bytes()
    picture = svg.read_svg(content)
    assert picture.lost == ()
    assert picture.size
    for note in (b"<!--", b"<!DOCTYPE", b"<metadata", b"inkscape:", b"sodipodi:", b"//excalidraw.com"):
        assert note not in picture.content
    for tag in (b"<path", b"<rect", b"<text", b"style=", b"<use", b"foreignObject"):
        assert picture.content.count(tag) == content.count(tag)
    assert svg.read_svg(picture.content).content == picture.content


HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
HTML = 'xmlns="http://www.w3.org/1999/xhtml"'


@pytest.mark.parametrize(
    ("inside", "lost"),
    [
        ("<script>alert(1)</script>", ""),
        ('<g onload="alert(1)"/>', ""),
        ('<a href="javascript:alert(1)"><path d="M0 0"/></a>', ""),
        ('<set attributeName="xlink:href" to="javascript:alert(1)"/>', ""),
        (f'<foreignObject><iframe {HTML} src="https://a.example/alert"/></foreignObject>', ""),
        ("<style>@font-face { font-family: V; src: url(https://a.example/alert.woff2) }</style>", ""),
        ('<image href="https://a.example/alert.png"/>', "https://a.example/alert.png"),
        ('<image xlink:href="alert.png"/>', "alert.png"),
        ('<use href="alert.svg#a"/>', "alert.svg#a"),
        ('<rect style="fill: url(//a.example/alert.svg#b)"/>', "url(//a.example/alert.svg#b)"),
        ("<style>@import 'https://a.example/alert.css';</style>", "@import 'https://a.example/alert.css';"),
        (f'<foreignObject><div {HTML} style="background: url(alert.png)"/></foreignObject>', "url(alert.png)"),
        # What hides behind a comment, an escape, a blank, an open bracket, or another name of the same thing.
        ("<style>@im<!-- -->port 'https://a.example/alert.css';</style>", "@import 'https://a.example/alert.css';"),
        ("<style>@\\69mport 'alert.css';</style>", "@import 'alert.css';"),
        ("<style>rect { fill: u\\72l(alert.svg) }</style>", "url(alert.svg)"),
        ("<style>rect { fill: url(alert.svg</style>", "url(alert.svg"),
        ("<rect style=\"fill: image-set('alert.png' 1x)\"/>", "image-set('alert.png' 1x)"),
        ('<a><set attributeName=" href " to="alert"/><path/></a>', ""),
        ('<set attributeName="x" to=" java&#9;script:alert(1)"/>', ""),
        ('<use href="data:image/svg+xml,alert#x"/>', "data:image/svg+xml,alert#x"),
        ('<g xml:base="https://a.example/alert.svg"/>', ""),
        ('<a href="https://a.example/" ping="https://a.example/alert"><path/></a>', ""),
        (f'<foreignObject><table {HTML} background="alert.png"/></foreignObject>', ""),
        (f'<foreignObject><b {HTML} onclick="alert(1)">x</b></foreignObject>', ""),
    ],
)
def test_what_an_svg_runs_or_loads_is_not_published(inside: str, lost: str) -> None:
    picture = svg.read_svg(f"{HEAD}<rect/>{inside}</svg>".encode())
    assert b"alert" not in picture.content
    assert b"<rect" in picture.content
    assert picture.lost == ((lost,) if lost else ())


@pytest.mark.parametrize(
    "before",
    [
        '<?xml-stylesheet href="https://a.example/alert.css"?>',
        '<!DOCTYPE svg [<!ATTLIST svg onload CDATA "alert(1)">]>',
        '<!DOCTYPE svg SYSTEM "https://a.example/alert.dtd">',
        """<!DOCTYPE svg [<!ENTITY x '<script xmlns="http://www.w3.org/2000/svg">alert(1)</script>'>]>""",
    ],
)
def test_what_stands_before_an_svg_is_not_published(before: str) -> None:
    inside = "&x;" if "ENTITY" in before else ""
    for content in (f"{before}{HEAD}{inside}<rect/></svg>".encode(), f"{before}{HEAD}{inside}<rect/></svg>".encode("utf-16")):
        assert svg.read_svg(content).content == b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>'


@pytest.mark.parametrize(
    "entities",
    [
        "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "x" * 10}">' for n in range(9)) + '<!ENTITY x "&a8;">',
        f'<!ENTITY a "{"x" * 100_000}"><!ENTITY x "{"&a;" * 1000}">',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
    ],
)
def test_an_svg_whose_entities_grow_or_lead_elsewhere_is_told(entities: str) -> None:
    with pytest.raises(ValueError, match="not SVG: "):
        svg.read_svg(f"<!DOCTYPE svg [{entities}]>{HEAD}<text>&x;</text></svg>".encode())


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="62pt" height="116pt"', (62 * (4 / 3), 116 * (4 / 3))),
        ('width="100%" viewBox="0 0 30 20"', (30, 20)),
        ('width="60" viewBox="0 0 30 20"', (60, 40)),
        ('height="1in" viewBox="0,0,30,20"', (144, 96)),
        ('viewBox="0 0 1e2 5e1"', (100, 50)),
        ('width="100%" height="100%"', None),
        ("", None),
        ('width="1.2.3" height="."', None),
        (f'width="{"9" * 400}" height="1e999"', None),
        ('viewBox="0 0 -3 . 1.2.3"', None),
    ],
)
def test_an_svg_has_the_size_that_it_says_or_that_of_its_view_box(attributes: str, size: tuple[float, float] | None) -> None:
    assert svg.read_svg(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}/>'.encode()).size == size


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.bmp", b"BM\x1a\0\0\0", "a.bmp is a BMP file, which not every browser shows; allowed are"),
        ("a.heic", b"\0\0\0\x18ftypheic", "a.heic is a HEIC file"),
        ("a.tif", b"II*\0", "a.tif is a TIFF file"),
        ("a.png", b"hello", "a.png is no picture; allowed are PNG, JPEG, GIF, WebP, AVIF and SVG files"),
        ("a.jpg", b"\xff\xd8\xff\xe0\0", "a.jpg is damaged"),
        ("a.svg", b"<svg>", "a.svg is not SVG: Premature end of data in tag svg line 1"),
        ("a.svg", b"<svg/>", 'a.svg is not SVG: it begins with <svg>, without xmlns="http://www.w3.org/2000/svg"'),
        ("a.svg", saved("PNG"), "a.svg is a PNG picture; rename it to a.png"),
        ("a.png", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.png is an SVG picture; rename it to a.svg"),
        ("a.svg", b"\x1f\x8b\x08", "a.svg is a compressed file"),
        ("a.png", b"", "a.png is no picture"),
        ("a.png", saved("PNG")[:-9], "a.png is damaged"),
        ("a.png", b"x" * 4_000_001, "a.png has 4,000,001 bytes; allowed are 4,000,000: save it smaller, or as WebP"),
    ],
)
def test_a_picture_that_browsers_do_not_show_is_told(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert read_picture(tmp_path / name).mistakes[0].startswith(told)


@pytest.mark.parametrize("name", ["a.JPG", "a.jpeg", "A.Jpe", "a.png", "a.webp"])
def test_a_photograph_may_have_any_suffix_of_a_picture(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(saved("JPEG"))
    assert read_picture(tmp_path / name).mistakes == ()


def test_a_picture_with_the_suffix_of_another_kind_is_shown_with_advice(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(saved("WEBP"))
    assert "a.png is a WebP picture; it is shown, but rename it to a.webp" in read_picture(tmp_path / "a.png").advice


def test_a_picture_with_too_many_pixels_is_told(tmp_path: Path) -> None:
    Image.new("1", (15_000, 13_000)).save(tmp_path / "a.png")
    assert "a.png is too large for the memory of a phone; allowed are" in read_picture(tmp_path / "a.png").mistakes[0]
