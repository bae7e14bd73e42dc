"""Reads what images, sound and films say about themselves, with exiftool."""

import json
import subprocess
import sys

TITLES = ["Title", "ObjectName", "Headline", "XPTitle"]
KEYWORDS = ["Keywords", "Subject", "XPKeywords", "Genre"]
TEXTS = [
    "Artist", "Album", "Composer", "Year", "Creator", "By-line", "Description", "ImageDescription",
    "Caption-Abstract", "UserComment", "Comment", "XPComment", "Lyrics", "Copyright", "City",
    "State", "Country", "Make", "Model", "DateTimeOriginal",
]


def values(fields, names):
    """The values of the named fields as texts, each once."""
    found = []
    for name in names:
        value = fields.get(name, [])
        for item in value if isinstance(value, list) else [value]:
            text = str(item).strip()
            if text and text not in found:
                found.append(text)
    return found


def main():
    path = sys.argv[1]
    tags = ["-" + name for name in TITLES + KEYWORDS + TEXTS]
    command = ["exiftool", "-json", "-fast", "-charset", "id3=UTF8", *tags, path]
    run = subprocess.run(command, stdout=subprocess.PIPE)
    if run.returncode != 0:
        sys.exit(run.returncode)
    fields = json.loads(run.stdout.decode("utf-8", "replace"))[0]
    keywords = [
        part.strip()
        for value in values(fields, KEYWORDS)
        for part in value.replace(";", ",").split(",")
    ]
    result = {
        "title": next(iter(values(fields, TITLES)), ""),
        "keywords": keywords,
        "text": "\n".join(values(fields, TEXTS)),
    }
    sys.stdout.buffer.write(json.dumps(result, ensure_ascii=False).encode("utf-8", "replace"))


main()
