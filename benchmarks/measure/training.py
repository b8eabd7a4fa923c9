"""What a training run with warp2vec was like."""
import json


def closing_summary(metrics):
    """The last line of what `warp2vec train --metrics` wrote."""
    with open(metrics) as lines:
        return json.loads(lines.readlines()[-1])
