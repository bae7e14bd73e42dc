"""Reads a PDF with poppler's pdfinfo and pdftotext: title, keywords, and the text's beginning."""

import json
import subprocess
import sys

MAXIMUM_TEXT_BYTES = 300_000
MAXIMUM_PAGES = 500


def properties(path):
    """pdfinfo prints `Name:   value` lines; a damaged file has none and may still have text."""
    run = subprocess.run(["pdfinfo", "-enc", "UTF-8", path], capture_output=True)
    found = {}
    for line in run.stdout.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        found.setdefault(name, value.strip())
    return found


def text(path):
    """The beginning of the text; pdftotext is stopped once that is there."""
    command = ["pdftotext", "-enc", "UTF-8", "-l", str(MAXIMUM_PAGES), path, "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        data = process.stdout.read(MAXIMUM_TEXT_BYTES)
        is_whole = len(data) < MAXIMUM_TEXT_BYTES
        if not is_whole:
            process.kill()
        status = process.wait()
    if status != 0 and is_whole and not data.strip():
        sys.exit(status if status > 0 else 128 - status)
    return data.decode("utf-8", "replace")


def main():
    path = sys.argv[1]
    content = text(path)
    found = properties(path)
    keywords = found.get("Keywords", "").replace(";", ",").split(",")
    subject = found.get("Subject", "")
    result = {
        "title": found.get("Title", ""),
        "keywords": [keyword.strip() for keyword in keywords],
        "text": subject + "\n" + content if subject else content,
    }
    sys.stdout.buffer.write(json.dumps(result, ensure_ascii=False).encode("utf-8", "replace"))


main()
