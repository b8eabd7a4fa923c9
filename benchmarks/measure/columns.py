"""Tables of texts: a header, then lines with as many cells."""


def plain(table):
    """In columns for a terminal; a long header takes several lines."""
    headers = [wrap(title) for title in table[0]]
    height = max(len(lines) for lines in headers)
    lines = [list(line) for line in zip(*([""] * (height - len(words)) + words for words in headers))] + table[1:]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table[0]))]
    return "".join("  ".join([line[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in
                                                           zip(line[1:], widths[1:])]).rstrip() + "\n"
                   for line in lines)


def wrap(title, width=10):
    """Its words in as few lines as fit."""
    lines = [""]
    for word in title.split():
        longer = (lines[-1] + " " + word).strip()
        if lines[-1] and len(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def markdown(table):
    rule = ["---"] + ["---:"] * (len(table[0]) - 1)
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n"
                   for line in [table[0], rule, *table[1:]])
