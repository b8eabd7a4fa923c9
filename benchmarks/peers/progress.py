"""When training began, for programs that print only how far they are."""
from measure.watched_process import ProgramFailed


def training_start(progress, end):
    """`progress`: (seconds, percent) in order; `end`: when all was trained. The first report comes a while after the
    start; how long follows from the speed since then."""
    if not progress:
        raise ProgramFailed("it printed no progress: the text is too small to time it")
    seconds, percent = progress[0]
    if percent >= 100:
        raise ProgramFailed("its first progress was 100%: the text is too small to time it")
    return seconds - (end - seconds) * percent / (100 - percent)
