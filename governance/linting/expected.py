"""The sections a model card should have, and the headings they go by in the wild.

After "Model Cards for Model Reporting" (Mitchell and others, 2019, https://arxiv.org/abs/1810.03993), which names the first ten, and the
Hub's card template. The headings were gathered from some 25,000 public cards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from governance.linting.findings import Level


@dataclass(frozen=True)
class Expected:
    """A section: its id, what it is called here, what a reader looks for in it, the headings, and how grave it is to lack it.

    `headings` is matched against a whole heading or label, folded, without numbers before it and brackets in it. `needs` is what must stand
    under it: `figure`, `metric` or `code`. `words` are words of a running text that say the same without a heading of their own.
    """

    id: str
    title: str
    asks: str
    level: Level
    headings: re.Pattern[str]
    needs: str = ""
    words: re.Pattern[str] | None = field(default=None)


def _any(patterns: str) -> re.Pattern[str]:
    """One pattern for those that stand apart by two spaces or a new line."""
    return re.compile("|".join(f"(?:{each})" for each in re.split(r"\s{2,}", patterns.strip())))


_W, _N = Level.WARNING, Level.NOTE
EXPECTED = (
    Expected(
        "details", "Model details", "who made it, when, what it is", _W,
        _any(r"""
            model (?:details?|descriptions?|info(?:rmation)?|summary|overview|releases?|sources?)  description  overview
            introduction  brief introduction  summary  about(?: the| this)?(?: model)?  general information  abstract
            basic information  technical (?:summary|specifications?|details)  (?:model )?architecture(?: and objective)?
            model specs?  what is .*  tl;?dr  (?:key )?(?:features|highlights)
        """),
    ),
    Expected(
        "intended-use", "Intended use", "what it is for, and for whom", _W,
        _any(r"""
            intended us(?:es?|ers?|age)(?: cases?)?(?: (?:and|&) (?:limitations|scope))?  direct us(?:e|age)  downstream us(?:e|age)
            (?:model )?uses?(?: and limitations)?  (?:primary|potential|supported|recommended) (?:intended )?us(?:es?|age)(?: cases?)?
            use[- ]?cases?.*  .*use[- ]cases?  (?:fine-?tuned )?applications?  intended purpose  purpose  scope  task and context
            uses? case considerations  usage and limitations
        """),
        words=re.compile(r"\b(?:is|are) (?:primarily |mainly )?intended (?:for|to|as)\b|\bcan be used (?:for|to|as|in)\b|"
        r"\bdesigned (?:for|to)\b"),
    ),
    Expected(
        "out-of-scope", "Out-of-scope use", "what it must not be used for", _N,
        _any(r"""
            out[- ]of[- ]scope.*  (?:.* )?mis-?use.*  malicious us(?:e|es).*  not intended.*  acceptable use(?: policy)?
            (?:prohibited|unsupported|non-intended|excluded|disallowed) us(?:e|es).*  use(?:-based)? restrictions
        """),
        words=re.compile(
            r"\b(?:should|must|is|are|may) not (?:be used|intended|to be used|suitable)\b|\bnot intended (?:for|to)\b|\bout[- "
            r"]of[- ]scope\b|"
            r""
            r"\bdo not use (?:(?:it|this|the (?:model|adapter|weights)|this model|them)\b|for\b|in\b|to\b)|"
            r"\bnot (?:be )?(?:suitable|designed|recommended) for\b"
        ),
    ),
    Expected(
        "factors", "Factors and groups", "for which groups, instruments or conditions it may differ", _N,
        _any(r"""
            factors?.*  (?:relevant|evaluation|demographic) factors.*  testing data, factors.*  (?:sub)?groups?  demographics?
            disaggregated.*  (?:results?|performance) (?:by|per|across) .*  fairness.*  per[- ](?:class|language|group|domain) .*
            subpopulations?
        """),
    ),
    Expected(
        "metrics", "Metrics", "what was measured, and why that", _N,
        _any(r"""
            metrics?.*  (?:evaluation|performance|model performance|validation) metrics?.*  testing data, factors.*
            performance measures?  (?:evaluation|eval|test|training|validation|benchmark|main) results?.*  results?.*
            evaluations?.*  benchmarks?.*  performance.*
        """), needs="metric",
    ),
    Expected(
        "evaluation-data", "Evaluation data", "on what it was tested", _N,
        _any(r"""
            (?:evaluation|eval|test(?:ing)?|validation|benchmark) (?:data(?: ?sets?)?|sets?).*  testing data.*
            training and (?:evaluation|test(?:ing)?|validation) data.*  (?:data|dataset) splits?  benchmarks?.*
            evaluation (?:procedures?|protocols?|methods?|methodology|set-?up)  train(?:ing)?/(?:test|eval|validation).*
            experimental setup
        """),
        words=re.compile(
            r"\b(?:evaluated|tested|benchmarked|measured) (?:on|against|using|with)\b|\b(?:test|validation|evaluation|dev|"
            r"held-?out)[ -](?:set|split|data)\b"
        ),
    ),
    Expected(
        "training-data", "Training data", "on what it was trained", _W,
        _any(r"""
            (?:pre-?)?train(?:ing)? (?:data ?sets?|data|sets?|corpus|corpora).*  data ?sources?.*  corpus  corpora
            (?:model )?data(?: ?sets?)?(?: used| description| details| overview)?  fine-?tuning data.*  data freshness
            training and (?:evaluation|test(?:ing)?|validation) data.*  about the data.*  (?:pre-?)?train(?:ing)?
        """),
        words=re.compile(r"\b(?:pre-?)?(?:fine-?tuned|finetuned|trained) (?:up )?(?:on|using|with|"
        r"over)\b.{0,80}\b(?:data(?:sets?)?|corp(?:us|ora)|tokens|examples)\b"),
    ),
    Expected(
        "results", "Quantitative analyses", "how it did, in figures", _W,
        _any(r"""
            (?:evaluation|eval|test|training|validation|benchmark|main|experimental|zero-shot|few-shot|[0-9]-shot) results?.*
            (?:zero-shot|few-shot|[0-9]-shot) evaluations?.*  results?.*  (?:.* )?evaluations?(?: results?)?.*
            (?:.* )?benchmarks?.*  (?:.* )?performance.*  quantitative analys[ie]s.*  accuracy.*  (?:validation )?metrics?.*
            scores?.*  (?:model )?comparisons?.*  comparing .*  experiments?.*  .*leaderboard.*  wer  cer  quality
        """), needs="figure",
    ),
    Expected(
        "ethics", "Ethical considerations", "what harm it may do, and what was done against it", _N,
        _any(r"""
            ethic(?:s|al).*  .* ethic(?:s|al) .*  responsible (?:ai|use|release).*  responsibility.*  (?:.* )?safety.*
            societal .*  social impacts?.*  broader .*  (?:.* )?harms?  red[- ]teaming.*  trust(?:worthiness)?.*  privacy.*
            safeguards?.*  (?:.* )?risks?.*
        """),
    ),
    Expected(
        "limitations", "Caveats and limitations", "where it fails", _W,
        _any(r"""
            (?:.* )?limitations?.*  caveats?.*  (?:known )?issues?  weaknesses  shortcomings  (?:known )?failures?.*
            disclaimers?  recommendations  (?:responsible ai )?considerations?  things to (?:note|know).*
        """),
    ),
    Expected(
        "licence", "Licence", "on which terms it may be used", _W,
        _any(r"""
            (?:.* )?licen[cs]es?.*  licen[cs]ing.*  terms.*  legal.*  copyright.*
        """),
    ),
    Expected(
        "bias-risk", "Bias and risks", "who may be treated worse, and what may go wrong", _N,
        _any(r"""
            (?:.* )?bias(?:es)?.*  (?:.* )?risks?.*  fairness.*  (?:.* )?harms?.*  (?:.* )?ethic(?:s|al).*  stereotyp.*
            toxicity.*  (?:.* )?safety.*
        """),
    ),
    Expected(
        "environment", "Environmental impact", "what it cost in energy and carbon", _N,
        _any(r"""
            environmental.*  carbon (?:footprint|emi(?:ssions?|tted)).*  (?:.* )?emissions?.*  co2.*  energy.*  sustainability
        """),
        words=re.compile(r"\bco2\s?-?eq|\bco2 emissions?\b|\bkwh\b|\bcarbon footprint\b|\bcarbon emitted\b"),
    ),
    Expected(
        "how-to-use", "How to use", "how to run it", _N,
        _any(r"""
            how to (?:use|get started|run|load).*  (?:.* )?usage.*  us(?:e|ing) (?:the|this|with|in) .*  quick ?-?start.*
            get(?:ting)? started.*  (?:.* )?inference.*  (?:.* )?examples?.*  code .*  demo.*  running .*  sample .*
            deploy(?:ment|ing).*  (?:.* )?installation  try .*  load(?:ing)? .*  prompt (?:template|format).*  generation
            transformers  python.*
        """), needs="code",
    ),
    Expected(
        "contact", "Contact", "whom to ask and to tell of harm", _N,
        _any(r"""
            (?:.* )?contacts?(?: .*)?  (?:.* )?authors?.*  report(?:ing)? (?:issues|bugs|problems).*  (?:.* )?feedbacks?.*
            (?:.* )?questions?.*  (?:.* )?support  maintain(?:ers?|ed by)  (?:model )?(?:developers?|creators?|owners?)
            (?:.* )?team(?: members)?  developed by  owned by  created by  issues\??  contributors?  project lead
            curated by  shared by.*
        """),
        words=re.compile(
            r"(?<=\w)(?<!\bgit)@[\w-]{1,60}\.[a-z]{2,10}|"
            r"\b(?:please|you can) (?:contact|reach out|open an issue|email)\b|\bquestions or comments\b|"
            r"/discussions\b|/issues\b"
        ),
    ),
)  # fmt: skip
"""In the order in which the paper names them, then what the Hub adds."""
