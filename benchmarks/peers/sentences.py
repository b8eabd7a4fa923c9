"""The text that all programs get: the corpus with its long lines cut."""
LONGEST = 1000  # words; of a line with more than 10,000 gensim trains no more than those
BLOCK = 1 << 20


def cut_long_lines(source, target, longest=LONGEST, block=BLOCK):
    """Copies a binary stream: words at white space, a line at most `longest` of them. Counts words and lines."""
    all_words, lines = 0, 0
    in_line = 0  # words that the line being written has
    unfinished = b""  # the last word of a block may go on in the next
    while True:
        read = source.read(block)
        text = unfinished + read
        if read:
            end = max(text.rfind(b" "), text.rfind(b"\n")) + 1
            text, unfinished = text[:end], text[end:]
        for number, line in enumerate(text.split(b"\n")):
            if number:
                target.write(b"\n")
                lines += 1
                in_line = 0
            words = line.split()
            all_words += len(words)
            begin = 0
            while begin < len(words):
                if in_line == longest:
                    target.write(b"\n")
                    lines += 1
                    in_line = 0
                taken = words[begin:begin + longest - in_line]
                target.write((b" " if in_line else b"") + b" ".join(taken))
                in_line += len(taken)
                begin += len(taken)
        if not read:
            break
    if in_line:
        target.write(b"\n")
        lines += 1
    return all_words, lines
