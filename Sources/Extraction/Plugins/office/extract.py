"""Reads office files that are archives of XML: Office Open XML, OpenDocument, EPUB and HWPX."""

import json
import posixpath
import re
import sys
import zipfile
from xml.parsers import expat

MAXIMUM_TEXT_BYTES = 300_000
# Of one member, unpacked: a bomb is left off here.
MAXIMUM_MEMBER_BYTES = 64 << 20

# Members with text, in reading order; {} stands for a number.
BODIES = [
    "word/document.xml", "word/footnotes.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet{}.xml",
    "ppt/slides/slide{}.xml", "ppt/notesSlides/notesSlide{}.xml", "content.xml",
    "Contents/section{}.xml",
]
DESCRIPTIONS = ["docProps/core.xml", "meta.xml", "Contents/content.hpf"]
# Elements after which a new line begins; other elements do not end a word.
LINES = {
    "p", "h", "tab", "br", "line-break", "si", "is", "row", "table-cell", "tc", "tr", "li", "div",
    "title", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "dt", "dd", "blockquote", "s",
}
SILENT = {"script", "style", "instrText", "delText", "rPh", "tracked-changes", "v", "f"}


class Enough(Exception):
    """The text is long enough."""


class Reader:
    """Collects the character data of documents, and that of single fields."""

    def __init__(self, field_names=()):
        self.parts = []
        self.size = 0
        self.fields = {name: [] for name in field_names}
        self.silence = 0
        self.field = None

    def read(self, stream):
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        self.silence, self.field = 0, None
        remaining = MAXIMUM_MEMBER_BYTES
        while remaining > 0 and (chunk := stream.read(min(remaining, 1 << 16))):
            parser.Parse(chunk)
            remaining -= len(chunk)

    def start(self, name, attributes):
        local = name.rpartition(" ")[2]
        self.silence += local in SILENT
        if local in self.fields:
            self.field = local
            self.fields[local].append("")

    def end(self, name):
        local = name.rpartition(" ")[2]
        self.silence -= local in SILENT
        if local in self.fields:
            self.field = None
        if local in LINES:
            self.parts.append("\n")

    def characters(self, data):
        if self.field:
            self.fields[self.field][-1] += data
        if not self.silence:
            self.parts.append(data)
            self.size += len(data.encode("utf-8", "replace"))
            if self.size > MAXIMUM_TEXT_BYTES:
                raise Enough

    def text(self):
        lines = (" ".join(line.split()) for line in "".join(self.parts).split("\n"))
        return "\n".join(line for line in lines if line)


def read_all(archive, names, reader):
    """Reads members as far as they are whole: half a document has half a text."""
    damage = None
    for name in names:
        try:
            with archive.open(name) as stream:
                reader.read(stream)
        except Enough:
            break
        except (expat.ExpatError, zipfile.BadZipFile, EOFError, OSError, KeyError, ValueError) as error:
            damage = f"{name}: {error}"
    if damage and not reader.size:
        sys.exit(damage)


def bodies(archive):
    names = archive.namelist()
    found = []
    for body in BODIES:
        pattern = re.compile(re.escape(body).replace(r"\{\}", r"(\d+)"))
        matches = [match for match in map(pattern.fullmatch, names) if match]
        found += [m[0] for m in sorted(matches, key=lambda m: [int(number) for number in m.groups()])]
    return found


def book(archive):
    """An EPUB's package document, and its chapters in reading order."""
    packages, items, order = [], {}, []

    def start(name, attributes):
        local = name.rpartition(" ")[2]
        if local == "rootfile":
            packages.append(attributes.get("full-path", ""))
        elif local == "item":
            items[attributes.get("id")] = attributes.get("href", "")
        elif local == "itemref":
            order.append(attributes.get("idref"))

    def parse(name):
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = start
        with archive.open(name) as stream:
            parser.Parse(stream.read(MAXIMUM_MEMBER_BYTES), True)

    parse("META-INF/container.xml")
    if not packages:
        sys.exit("the book names no package document")
    parse(packages[0])
    folder = posixpath.dirname(packages[0])
    chapters = [posixpath.normpath(posixpath.join(folder, items[i])) for i in order if i in items]
    return packages[0], chapters


def main():
    with zipfile.ZipFile(sys.argv[1]) as archive:
        names = set(archive.namelist())
        if "META-INF/container.xml" in names and "content.xml" not in names \
                and "Contents/content.hpf" not in names:
            description, members = book(archive)
            descriptions = [description]
        else:
            descriptions = [name for name in DESCRIPTIONS if name in names]
            members = bodies(archive)
        about = Reader(["title", "keywords", "keyword", "subject"])
        read_all(archive, descriptions, about)
        body = Reader()
        read_all(archive, members, body)
    fields = about.fields
    keywords = [
        part.strip()
        for value in fields["keywords"] + fields["keyword"] + fields["subject"]
        for part in value.replace(";", ",").split(",")
    ]
    result = {
        "title": next((title for title in fields["title"] if title.strip()), ""),
        "keywords": keywords,
        "text": body.text(),
    }
    sys.stdout.buffer.write(json.dumps(result, ensure_ascii=False).encode("utf-8", "replace"))


try:
    main()
except (zipfile.BadZipFile, expat.ExpatError, RuntimeError, NotImplementedError, KeyError) as error:
    sys.exit(f"{type(error).__name__}: {error}")
