"""What the commands take."""
import os


def positive(text):
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def check_files(parser, paths):
    for path in paths:
        if path and not os.path.isfile(path):
            parser.error(f"there is no file {path}")


def check_programs(parser, paths):
    for path in paths:
        if path and not (os.path.isfile(path) and os.access(path, os.X_OK)):
            parser.error(f"there is no program {path}")
