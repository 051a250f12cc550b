"""What is known of the licences of base models, and whether the licence of a model made from one goes with it.

The table is small on purpose: families whose licence is well known and, most of all, those whose terms reach what is made from them. The
longest beginning of an id that matches counts; an id that nothing matches is *not known*, and so is one that stands here without a licence.
Copies under the names of those who re-upload weights have the licence of what they copy.

Each line names its source, as it was looked at in November 2026. A licence that restricts was found in two places: the card of a model (or
its page on the Hub), and the makers' own repository or a register that others keep (the ecosystem graphs of Stanford's CRFM, the model list
of MTEB, the list *open-llms*); one that restricts nothing rests on the cards. A family where the second place was not found, or said
something else, stands here without a licence, so that a shorter beginning does not speak for it.

A licence that changes afterwards is known here as it was; the owner of a system who states the licence of its base is believed before
this table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from governance.domain import licences
from governance.domain.licences import OTHER, Terms


@dataclass(frozen=True)
class Base:
    """A family by the beginnings of its ids.

    One that ends in `$` is a whole id. `licence` is an id of the Hub, `name` the name beside `other`; None: not known.
    """

    begins: tuple[str, ...]
    licence: str | None
    source: str
    name: str = ""
    terms: Terms | None = None


_CARDS = "the cards of these models"
_UNCONFIRMED = "no second source was found"
_HUB = "https://huggingface.co/docs/hub/repositories-licenses"
_NO_COMMERCE = Terms(commerce=False, changes=True, passes_on="restrictions")
_BOUND = Terms(commerce=True, changes=True, passes_on="restrictions")


def _ids(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _copied(text: str) -> tuple[str, ...]:
    """The same weights under the names of those who upload them again."""
    return tuple(f"{who}{name}" for who in ("unsloth/", "nousresearch/") for name in text.split())


BASES = (
    Base(_ids("meta-llama/llama-2 meta-llama/codellama codellama/codellama") + _copied("llama-2 codellama"), "llama2", _HUB),
    Base(_ids("meta-llama/meta-llama-3-") + _copied("llama-3-8b llama-3-70b meta-llama-3-"), "llama3", _HUB),
    Base(_ids("meta-llama/meta-llama-3.1 meta-llama/llama-3.1") + _copied("meta-llama-3.1 llama-3.1"), "llama3.1", _HUB),
    Base(_ids("meta-llama/llama-3.2") + _copied("llama-3.2"), "llama3.2", _HUB),
    Base(_ids("meta-llama/llama-3.3") + _copied("llama-3.3"), "llama3.3", _HUB),
    Base(_ids("meta-llama/llama-4") + _copied("llama-4"), "llama4", _HUB),
    Base(
        _ids(
            "google/gemma-2b google/gemma-7b google/gemma-1.1 google/gemma-2- google/gemma-3 google/codegemma google/recurrentgemma "
            "google/paligemma"
        ) + _copied("gemma-2b gemma-7b gemma-1.1 gemma-2- gemma-3"),
        "gemma", "https://ai.google.dev/gemma/terms",
    ),
    Base(_ids("google/gemma-4"), "apache-2.0", "Google's announcement of Gemma 4, April 2026"),
    Base(
        _ids("mistralai/mistral-7b mistralai/mixtral-8x7b mistralai/mixtral-8x22b") + _copied("mistral-7b"), "apache-2.0", _CARDS,
    ),
    Base(
        _ids(
            "mistralai/ministral-8b-instruct-2410 mistralai/mistral-large-instruct-2407 mistralai/mistral-large-instruct-2411 "
            "mistralai/mistral-small-instruct-2409"
        ),
        OTHER, "https://mistral.ai/licenses/MRL-0.1.md", "mrl", _NO_COMMERCE,
    ),
    Base(_ids("mistralai/codestral-22b"), OTHER, "https://mistral.ai/licences/MNPL-0.1.md", "mnpl", _NO_COMMERCE),
    Base(
        _ids("qwen/qwen2.5- qwen/qwen3- qwen/qwen2-0.5b qwen/qwen2-1.5b qwen/qwen2-7b qwen/qwen2-vl-7b qwen/qwen2-vl-2b"),
        "apache-2.0", _CARDS,
    ),
    Base(
        _ids("qwen/qwen2.5-3b qwen/qwen2.5-coder-3b qwen/qwen2.5-vl-3b"), OTHER, "the card of Qwen2.5-3B", "qwen-research", _NO_COMMERCE,
    ),
    Base(
        _ids("qwen/qwen2.5-72b qwen/qwen2.5-vl-72b qwen/qwen2.5-math-72b qwen/qwen2.5-math-rm-72b"),
        OTHER, "the cards of these models", "qwen", _BOUND,
    ),
    Base(_ids("qwen/qwen2.5-omni qwen/qwen2.5-math-prm-72b"), None, _UNCONFIRMED),
    # The first two generations differ by size: the small ones, and the base of 32 billion, are for research alone.
    Base(
        _ids("qwen/qwen2-72b qwen/qwen1.5-7b qwen/qwen1.5-14b qwen/qwen1.5-72b qwen/qwen-7b qwen/qwen-14b qwen/qwen-72b"),
        OTHER, "the README of github.com/QwenLM/Qwen and the cards of Qwen1.5 and Qwen2-72B", "tongyi-qianwen", _BOUND,
    ),
    Base(
        _ids("qwen/qwen1.5-0.5b qwen/qwen1.5-1.8b qwen/qwen1.5-4b qwen/qwen1.5-32b$ qwen/qwen-1_8b"),
        OTHER, "the README of github.com/QwenLM/Qwen and the cards of Qwen1.5", "tongyi-qianwen-research", _NO_COMMERCE,
    ),
    Base(
        _ids(
            "deepseek-ai/deepseek-llm deepseek-ai/deepseek-coder deepseek-ai/deepseek-moe deepseek-ai/deepseek-v2 "
            "deepseek-ai/deepseek-vl deepseek-ai/deepseek-math"
        ),
        OTHER, "https://github.com/deepseek-ai/DeepSeek-V2/blob/main/LICENSE-MODEL", "deepseek", _BOUND,
    ),
    Base(_ids("deepseek-ai/deepseek-r1 deepseek-ai/deepseek-v3-0324"), "mit", _CARDS),
    Base(_ids("deepseek-ai/deepseek-r1-distill"), None, "made from Llama and Qwen models whose licences differ"),
    Base(_ids("tiiuae/falcon3"), OTHER, "https://falconllm.tii.ae/falcon-terms-and-conditions.html", "falcon-llm-license", _BOUND),
    # Its repository shows a badge of Apache 2.0 and its cards name a licence of their own.
    Base(_ids("tiiuae/falcon-h1"), None, "its repository and its cards differ"),
    Base(
        _ids("tiiuae/falcon-mamba"), OTHER, "https://falconllm.tii.ae/falcon-mamba-7b-terms-and-conditions.html",
        "falcon-mamba-7b-license", _BOUND,
    ),
    Base(_ids("coherelabs/c4ai-command cohereforai/c4ai-command"), "cc-by-nc-4.0", _CARDS),
    Base(
        _ids("black-forest-labs/flux.1-dev black-forest-labs/flux.1-kontext-dev"), OTHER, "the LICENSE.md of FLUX.1-dev",
        "flux-1-dev-non-commercial-license", _NO_COMMERCE,
    ),
    Base(
        _ids("compvis/stable-diffusion-v1 runwayml/stable-diffusion-v1-5 stable-diffusion-v1-5/stable-diffusion-v1-5"),
        "creativeml-openrail-m", _CARDS,
    ),
    Base(_ids("stabilityai/stable-diffusion-2 stabilityai/stable-diffusion-xl-base-1.0"), "openrail++", _CARDS),
    Base(_ids("bigscience/bloom"), "bigscience-bloom-rail-1.0", "the card of BLOOM"),
    Base(_ids("bigcode/starcoder bigcode/santacoder"), "bigcode-openrail-m", "the card of StarCoder"),
    Base(_ids("baai/bge-multilingual-gemma2"), "gemma", "the card of this model and MTEB"),
    Base(_ids("mosaicml/mpt-7b-chat"), "cc-by-nc-sa-4.0", "the card of this model"),
    Base(
        _ids("facebookai/xlm-mlm- facebookai/xlm-clm- xlm-mlm- xlm-clm-"), "cc-by-nc-4.0",
        "the cards of these models and github.com/facebookresearch/XLM",
    ),
    Base(_ids("facebook/nllb-200 facebook/seamless-m4t facebook/mms- facebook/musicgen"), "cc-by-nc-4.0", _CARDS),
    Base(_ids("facebook/opt-"), OTHER, "the LICENSE of OPT-175B", "opt-175b", _NO_COMMERCE),
    Base(_ids("facebook/opt-iml"), None, "a licence of its own that was not read"),
    # These stand under the names of others and have licences of their own makers.
    Base(
        _ids("google-bert/bert-base-german- bert-base-german-cased$ bert-base-german-dbmdz-cased$ bert-base-german-dbmdz-uncased$"),
        "mit", "the cards of deepset's and dbmdz's German BERT",
    ),
    Base(
        _ids(
            "microsoft/phi-2 microsoft/phi-3 microsoft/phi-4 distil-whisper/ facebookai/roberta-base facebookai/roberta-large "
            "roberta-base roberta-large "
            "facebookai/xlm-roberta-base$ facebookai/xlm-roberta-large$ xlm-roberta-base$ xlm-roberta-large$ "
            "openai-community/gpt2 gpt2 microsoft/deberta-v3 eleutherai/gpt-neo- databricks/dolly-v2 "
            "baai/bge-m3$ baai/bge-small- baai/bge-base- baai/bge-large- baai/bge-reranker-base$ baai/bge-reranker-large$ "
            "openai/whisper-large-v3-turbo"
        ),
        # Of Whisper the repository says MIT of all weights; the cards say it of this one, and Apache 2.0 of the others. Neither restricts.
        "mit", _CARDS,
    ),
    Base(
        _ids(
            "huggingfacetb/smollm eleutherai/pythia eleutherai/gpt-j eleutherai/gpt-neox openai/whisper- openai/gpt-oss allenai/olmo "
            "google-bert/ bert-base- bert-large- distilbert/ distilbert- google-t5/ t5-small t5-base t5-large google/flan-t5 albert- "
            "albert/ tinyllama/ cerebras/cerebras-gpt mosaicml/mpt-7b$ sentence-transformers/all- ibm-granite/granite-3 google/vit-base"
        ),
        "apache-2.0", _CARDS,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """The licence of a base model: id, name beside `other`, what it asks, and who says so."""

    licence: str
    name: str
    terms: Terms
    source: str

    def __str__(self) -> str:
        return self.name or self.licence


@lru_cache(maxsize=256)
def known(model: str) -> Known | None:
    """The licence of a base model by its id on the Hub, or None where it is not known here."""
    folded = model.strip().lower().removeprefix("https://huggingface.co/").strip("/")
    best: tuple[int, Base] | None = None
    for base in BASES:
        for begin in base.begins:
            fits = folded == begin[:-1] if begin.endswith("$") else folded.startswith(begin)
            if fits and (best is None or len(begin) > best[0]):
                best = len(begin), base
    if best is None or best[1].licence is None:
        return None
    found = best[1]
    return Known(found.licence or "", found.name, found.terms or licences.terms(found.licence or ""), found.source)


def stated(licence: str, source: str) -> Known | None:
    """A licence that somebody states, or None where its terms can not be told by its name."""
    folded = licence.strip().lower()
    asked = licences.terms(folded)
    if asked == Terms() and not _is_named_no_commerce(folded):
        return None
    return Known(folded, "", _NO_COMMERCE if asked == Terms() else asked, source)


def conflict(base: Known, licence: str, name: str) -> str:
    """Why a model may not have this licence when it was made from that base, in a sentence; empty where nothing speaks against it.

    `name` is the `license_name` of `license: other`. Raises `LookupError` where it can not be told.
    """
    asks, child = base.terms, licences.terms(licence)
    if asks.changes is False:
        return f"{base} forbids passing on changed works"
    if licence == base.licence and (licence != OTHER or base.name in name.lower()):
        return ""
    if asks.passes_on == "nothing":
        return ""
    if child == Terms():
        if asks.passes_on == "source" and re.search("proprietary|commercial", name.lower()):
            return f"{base} asks that what is made from it stays under it, and “{name}” does not"
        raise LookupError(f"the terms of “{name or licence}” are not known here")
    if asks.commerce is False and child.commerce:
        return f"{base} allows no commercial use, and {licence} does"
    is_kin = licences.kin(licence) == licences.kin(base.licence)
    if asks.passes_on == "licence":
        return (
            ""
            if is_kin and not base.licence.startswith("llama")
            else f"{base} asks that what is made from it stays under {base}"
        )
    if asks.passes_on == "source":
        if child.passes_on == "source" and not is_kin:
            raise LookupError(f"whether {licence} may follow {base} depends on what their texts allow each other")
        return "" if is_kin else f"{base} asks that what is made from it stays under {base}"
    if asks.passes_on == "restrictions":
        return _of_restrictions(base, licence, child, is_kin=is_kin)
    raise LookupError(f"what {base} asks of a model made from another depends on how it was made")


def _of_restrictions(base: Known, licence: str, child: Terms, *, is_kin: bool) -> str:
    """The case of a base that limits its use and asks to hand the limits on."""
    if is_kin or (base.terms.commerce is False and child.commerce is False):
        return ""
    if child.passes_on == "restrictions":
        raise LookupError(f"whether the limits of {licence} are those of {base} no table can tell")
    return f"{base} limits how the model may be used and asks to hand the limits on, and {licence} does not"


def _is_named_no_commerce(licence: str) -> bool:
    return "non-commercial" in licence or "noncommercial" in licence or "research only" in licence or "-nc-" in licence
