"""What a training run with warp2vec was like."""
import json

from measure.quality import quality_figures


def closing_summary(metrics):
    """The last line of what `warp2vec train --metrics` wrote."""
    with open(metrics) as lines:
        return json.loads(lines.readlines()[-1])


def figures(summary, quality):
    """The numbers of one run that are worth a column."""
    return {"train_words_per_second": summary["counts"]["trained_tokens"] / summary["seconds"]["train"],
            "seconds": summary["seconds"], "loss": summary["epoch_loss"][-1], **quality_figures(quality)}
