"""The addresses of pictures and downloads: each is published at its own path, such as ``/essays/SLUG/overview.png``.

Sphinx copies all pictures into one folder, and numbers those of one name in the order in which it reads them: the address of a
picture would change because another essay came, and its old address would show the picture of that essay.
"""

import os
from pathlib import Path
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.dirhtml import DirectoryHTMLBuilder
from sphinx.util._files import DownloadFiles, FilenameUniqDict
from sphinx.util._pathlib import _StrPath

from insights.cache import write_if_changed
from insights.pictures import is_picture, is_svg, read_picture


class OwnPictures(FilenameUniqDict):
    """The pictures of all texts, each with the docnames of those texts and the name of its file in the site."""

    def add_file(self, docname: str, newfile: str | os.PathLike[str]) -> str:
        """Add a picture, given by its path from the root; its name is that path."""
        name = Path(newfile).as_posix()
        self.setdefault(name, (set(), name))[0].add(docname)
        return name


class OwnDownloads(DownloadFiles):
    """The downloads of all texts, as ``OwnPictures``."""

    def add_file(self, docname: str, filename: str | os.PathLike[str]) -> _StrPath:
        """Add a download, given by its path from the root; its name is that path."""
        path = _StrPath(filename)
        self.setdefault(path, (set(), path))[0].add(docname)
        return path


class FilesBuilder(DirectoryHTMLBuilder):
    """Sphinx's builder of folders, which leaves pictures and downloads where they are in the sources."""

    def init(self) -> None:
        """Name the folder of all pictures and downloads: the root."""
        super().init()
        self.imagedir = ""
        self._images_dir = self._downloads_dir = Path(self.outdir)

    def post_process_images(self, doctree: nodes.Node) -> None:
        """Escape the addresses of full pictures, to which Sphinx links those that are shown smaller."""
        written = set(doctree.findall(nodes.reference))
        super().post_process_images(doctree)
        for reference in doctree.findall(nodes.reference):
            if reference not in written:
                reference["refuri"] = quote(reference["refuri"])

    def copy_image_files(self) -> None:
        """Copy the pictures of the pages that were written, without the notes of cameras and programs."""
        for source, name in self.images.items():
            if not name.startswith(".."):  # reported, and never written outside the site
                write_if_changed(f"{self.outdir}/{name}", read_picture(Path(self.srcdir, source)).content)

    def copy_download_files(self) -> None:
        """Copy the downloads of all texts; those that are pictures, also without notes, and without scripts."""
        for source, (_, name) in self.env.dlfiles.items():
            if (path := Path(self.srcdir, source)).is_file():
                content = path.read_bytes()
                if is_picture(path) or is_svg(path, content):
                    content = read_picture(path).content
                write_if_changed(f"{self.outdir}/{name}", content)


def keep_paths(app: Sphinx) -> None:
    """Let pictures and downloads keep their paths, in an environment that has none yet."""
    if not isinstance(app.env.images, OwnPictures):
        app.env.images, app.env.dlfiles = OwnPictures(), OwnDownloads()


def published_files(app: Sphinx) -> set[str]:
    """The pictures and downloads of all texts, by the names of their files in the site."""
    return {*app.env.images, *(path.as_posix() for path in app.env.dlfiles)}


def file_users(app: Sphinx, name: str) -> list[str]:
    """The docnames of the texts that show or link to the file ``name``."""
    of_picture, of_download = app.env.images.get(name), app.env.dlfiles.get(Path(name))
    return sorted({docname for found in (of_picture, of_download) if found for docname in found[0]})


def setup(app: Sphinx) -> None:
    """Keep the addresses of files."""
    app.connect("builder-inited", keep_paths)
