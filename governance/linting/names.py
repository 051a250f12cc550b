"""Names of metrics and benchmarks, and when two names mean the same.

The list is what cards on the Hub and the tools we read write. A name that is not here still matches itself.
"""

from __future__ import annotations

import re
from functools import lru_cache

from governance.linting.folding import fold

_SAME = {
    "acc": "accuracy", "accuracy": "accuracy", "accuracy score": "accuracy", "top 1": "accuracy", "top1": "accuracy",
    "acc1": "accuracy", "acc norm": "acc norm", "accuracy norm": "acc norm", "normalized accuracy": "acc norm",
    "em": "exact match", "exact match": "exact match", "exact_match": "exact match", "ppl": "perplexity",
    "perplexity": "perplexity", "word perplexity": "word perplexity", "f1 score": "f1", "f1": "f1", "f score": "f1",
    "f1 macro": "f1 macro", "macro f1": "f1 macro", "micro f1": "f1 micro", "f1 micro": "f1 micro", "rouge1": "rouge1",
    "rouge 1": "rouge1", "rouge2": "rouge2", "rouge 2": "rouge2", "rougel": "rougel", "rouge l": "rougel",
    "word error rate": "wer", "wer": "wer", "character error rate": "cer", "cer": "cer", "validation loss": "eval loss",
    "eval loss": "eval loss", "evaluation loss": "eval loss", "95 interval": "interval", "confidence interval": "interval",
    "train loss": "train loss", "training loss": "train loss", "final loss": "train loss", "pass 1": "pass@1",
    "pass@1": "pass@1", "mean average precision": "map", "map": "map", "matthews correlation": "matthews",
    "matthews": "matthews", "mcc": "matthews", "auc": "auroc", "auroc": "auroc", "roc auc": "auroc", "std error": "stderr",
    "standard error": "stderr", "stderr": "stderr", "mean reward": "mean reward",
}  # fmt: skip
_METRIC = re.compile(
    r"\b(?:acc(?:uracy)?(?:1|5)?|f-?1|f1[ -]?score|f-?score|precision|recall|specificity|sensitivity|auc|auroc|auprc|roc|"
    r"map(?:@\w+|-?[0-9]{2}(?:-[0-9]{2})?)?|ap(?:@?[0-9]{2})?|ar@[0-9]+|"
    r"cider|spice|der|jer|eer|tar|pesq|stoi|si-?sdr|ctc|edit distance|brier|ece|ari|nmi|"
    r"m?iou|dice|mrr|ndcg(?:@\w+)?|hits?@\w+|recall@\w+|pass@\w+|perplexity|ppl|loss|bleu|sacrebleu|chr-?f(?:\+\+)?|rouge\w*|meteor|ter|"
    r"bertscore|comet|wer|cer|per|mer|wip|mos|fid|kid|psnr|ssim|lpips|clip[ -]?score|rmse|mse|mae|mape|r2|r\^2|pearson\w*|spearman\w*|"
    r"kappa|mcc|matthews\w*|cosine|exact[ _-]?match|em|scores?|reward|win[ -]?rate|elo|error(?: rate)?|latency|throughput|bits[ "
    r"-]per|bpb|"
    r"average|avg|mean|benchmarks?|uas|las|tag|ents_[prf]|top-?[15]|correlation|similarity|toxicity|bias|refusal|hallucination|"
    r"success(?: rate)?|harmfulness|asr|accuracies)\b",
    re.IGNORECASE,
)
_BENCHMARK = re.compile(
    r"\b(?:mmlu\w*|bbh|gsm-?8k|math(?:-?500)?|humaneval\+?|mbpp\+?|hellaswag|hella|arc(?:[-_ ](?:c|e|easy|challenge))?|truthfulqa|tqa|"
    r"winogrande|piqa|siqa|boolq|openbookqa|obqa|commonsenseqa|csqa|drop|gpqa\w*|ifeval|mt-?bench|alpaca-?eval|arena-?hard|agieval|"
    r"c-?eval|cmmlu|glue|sst-?2|mnli\w*|qnli|qqp|rte|cola|mrpc|sts-?b|wnli|squad\w*|triviaqa|natural ?questions|nq|race|lambada|"
    r"toxigen|bold|crows-?pairs|bbq|realtoxicityprompts|livecodebench|aime|mteb|beir|miracl|librispeech|fleurs|voxpopuli|coco|"
    r"imagenet\w*|"
    r"vqa\w*|textvqa|docvqa|mmmu\w*|mathvista|mmbench\w*|conll\w*|wikitext\w*|wmt\w*|flores\w*|xnli|xquad|tydiqa|superglue|copa|"
    r"multirc|record|anli|hans|swag|sciq|pubmedqa|medqa|medmcqa|leaderboard)\b",
    re.IGNORECASE,
)
_SETTING = re.compile(
    r"\b(?:learning[ _-]?rates?|lr|batch(?:[ _-]?sizes?)?|epochs?|steps?|seeds?|warm[ _-]?up(?:[ _-]?\w+)?|weight[ _-]?decay|"
    r"decay|(?:adam[ _]?)?beta[ _]?[12s]?|"
    r"(?:adam[ _])?epsilon|eps|momentum|dropout|temperature|temp|top[ _-]?[pk]|repetition|penalty|alpha|lora\w*|rank|threshold|"
    r"clip(?:ping)?|"
    r"grad(?:ient)?[ _-]?\w*|max[ _-]?(?:length|len|tokens|new\w*|grad\w*|seq\w*)|sequence[ _-]?length|context(?:[ "
    r"_-]?(?:length|size|window))?|"
    r"accumulation|scheduler|optimi[sz]er|layers?|heads?|dim(?:ension)?s?|hidden|d_\w+|n_\w+|num_\w+|patch|resolution|"
    r"guidance(?:[ _-]?scale)?|"
    r"cfg|strength|denoising|noise|sample[ _-]?rate|sampling|gamma|lambda|tau|ema|label[ _-]?smoothing|gpu[ _-]?memory\w*|opset|bits?|"
    r"crop[ _-]?\w*|mean=|std=)(?![\w])",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"#|\b(?:epochs?|steps?|iters?|iterations?|n-shots?|(?<![0-9a-z]-)(?<![0-9] )shots?|no\.?|nr\.?|number|ids?|"
    r"rank|size|sizes|params?|parameters?|n|samples?|"
    r"examples?|"
    r"rows?|seeds?|"
    r"versions?|revision|years?|dates?|months?|days?|length|len|dims?|dimensions?|layers?|heads?|tokens?|lr|context|images?|sentences?|"
    r"utterances?|speakers?|classes|batch|vocab\w*|index|page|stars|licen[cs]e)\b|^\s*$",
    re.IGNORECASE,
)
_ANY = frozenset(
    (
        "score",
        "scores",
        "average",
        "avg",
        "mean",
        "benchmark",
        "benchmarks",
        "per",
        "bias",
        "refusal",
        "toxicity",
        "similarity",
        "tag",
    )
)
"""Words that stand for any metric, or for what is measured, and so tell no two apart."""
_RAISED = str.maketrans("_⁰¹²³⁴⁵⁶⁷⁸⁹", " 0123456789")
_VERSIONED = re.compile(r"\s?-?v?[12]\.[0-9](?:\.[0-9])?(?![0-9%])", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\s_:/|(),;.\-]+")


def is_metric(text: str) -> bool:
    """Whether a text names a metric or a benchmark, `eval_loss` and `R²` as well as `loss` and `R2`."""
    if _METRIC.search(text) or _BENCHMARK.search(text):
        return True
    plain = _plain(text)
    return plain != text and bool(_METRIC.search(plain))


def _plain(text: str) -> str:
    """The text with a blank for each underscore, and plain digits for raised ones."""
    return text.translate(_RAISED) if "_" in text or not text.isascii() else text


def is_version(text: str, at: int) -> bool:
    """Whether the number at this place of a text is the version of a benchmark named right before it: `SQuAD 1.1`, `VQA v2.0`."""
    head = text[max(0, at - 40) : at].rstrip(" v-")
    return bool(_VERSIONED.match(text, at)) and any(found.end() == len(head) for found in _BENCHMARK.finditer(head))


def is_benchmark(text: str) -> bool:
    """Whether a text names a benchmark."""
    return bool(_BENCHMARK.search(text))


def ends_in_metric(text: str) -> bool:
    """Whether the last word of a text names a metric, a benchmark left aside."""
    last = text.split()[-1:]
    return bool(last and _METRIC.search(last[0]))


def is_setting(text: str) -> bool:
    """Whether a text names something that was set and not measured: a learning rate, a temperature."""
    return bool(_SETTING.search(text))


def is_counter(text: str) -> bool:
    """Whether the head of a column or row names a count, a size or a version."""
    return bool(_COUNTER.search(text))


@lru_cache(maxsize=65_536)
def key(text: str) -> str:
    """The name of a metric, task or data set in the form in which two are compared."""
    plain = " ".join(_PUNCTUATION.sub(" ", fold(text).text).split())
    return _SAME.get(plain, plain)


def words(text: str) -> list[str]:
    """The words of a name, folded, in order."""
    return _PUNCTUATION.sub(" ", fold(text).text).split()


@lru_cache(maxsize=4_096)
def metrics(text: str) -> frozenset[str]:
    """The metrics that a text names, as `key`; words that stand for any metric ("score", "average") are none."""
    return frozenset(key(match[0]) for match in _METRIC.finditer(_plain(text))) - _ANY


def tokens(text: str) -> frozenset[str]:
    """The words of a name or a passage, each in the form of `key`, with pairs of neighbours, so that "exact match" is one."""
    parts = _PUNCTUATION.sub(" ", fold(text).text).split()
    pairs = [" ".join(parts[at : at + 2]) for at in range(len(parts) - 1)]
    joined = {"".join(parts[at : at + 2]) for at in range(len(parts) - 1)}
    return frozenset({_SAME.get(each, each) for each in (*parts, *pairs)} | joined)


def mentions(passage: frozenset[str], name: str) -> bool:
    """Whether a passage, as `tokens`, names something: by its whole name, or by every word of it."""
    wanted = key(name)
    if not wanted:
        return False
    if wanted in passage or wanted.replace(" ", "") in passage:
        return True
    parts = wanted.split()
    return len(parts) > 1 and all(part in passage or _SAME.get(part, part) in passage for part in parts)
