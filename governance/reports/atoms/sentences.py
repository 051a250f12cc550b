"""Sentences of ours that judgement makes, as a catalogue asks for them: the reason of a control, of a condition, of a standing.

Judgement writes them in English into `results/` of a pack, where they stay, because whoever verifies judges again and compares to the
letter. A document in another language recognises them by these patterns (`recognising`). A test holds both directions: each pattern is
made by judgement, and each sentence that judgement makes has a pattern.

A name in a pattern tells what stands there, by the tables at the end: a number, a word of ours, a sentence again, a list of such; any
other name is what somebody else wrote, and is printed as it is. Of two patterns that fit, the one that stands first is meant.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from governance.domain.approval import State
from governance.domain.control import About, Standing
from governance.domain.decision import DecisionKind
from governance.domain.evidence import Quality
from governance.domain.identity import WORDS as PARTS_IN_SENTENCES
from governance.domain.risk import Level, Treatment
from governance.reports.atoms import measured, words
from governance.reports.atoms.compared import CHANGES, COMPARED, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

GATE = (
    "the policy has no condition, and a rule that asks nothing permits nothing",
    "write a condition into the policy: a policy without one never allows a release",
    "%(yes)s of %(total)s conditions say yes, %(no)s no, %(untold)s could not tell",
    "%(yes)s of %(total)s conditions say yes, %(untold)s could not tell",
    "%(yes)s of %(total)s conditions say yes",
    "the catalogue has no control %(controls)s",
    "correct the name in the policy, or add the control",
    "no control is asked for, and none of nothing is met",
    "%(n)s of %(total)s controls met, %(waived)s waived: %(standings)s",
    "%(n)s of %(total)s controls met, %(waived)s waived",
    "%(n)s of %(total)s controls met: %(standings)s",
    "%(n)s of %(total)s controls met",
    "the register holds no risk, which says nothing about the system",
    "add a risk library",
    "state risk_appetite in the system file",
    "the system states no risk appetite",
    "%(risk)s %(score)s accepted by %(signer)s until %(day)s",
    "%(n)s of %(total)s risks within the bound: above it %(above)s and %(more)s more",
    "%(n)s of %(total)s risks within the bound: above it %(above)s",
    "%(n)s of %(total)s risks within the bound",
    "%(risk)s: meet a control that mitigates it",
    "%(risk)s: meet %(controls)s",
    "no weights of a candidate were read, so nothing could be found",
    "attach the model folder",
    "attach the whole model folder",
    "%(n)s open findings of severity %(level)s or above, but the weights were read %(quality)s: %(given)s",
    "%(n)s open findings of severity %(level)s or above: %(found)s",
    "%(n)s open findings of severity %(level)s or above",
)
"""Of the gate, and of its conditions on controls, risks and findings."""

CONTROLS = (
    "there is evidence",
    "no evidence of %(wanted)s",
    "no weights of a candidate were attached",
    "%(n)s such pieces are tied to no model: attach them together with their run folder, or declare them with --about",
    "what there is speaks of other weights",
    "and %(n)s more",
    "the evidence is %(quality)s: %(given)s",
    "its author states that it is not in place",
    "its own review was due on %(day)s",
    "the tool left no clock, so its age can not be told",
    "declare it with --effective DATE",
    "it is dated %(day)s, which lies in the future",
    "it is %(n)s days old and may be %(limit)s",
    "%(why)s, %(n)s days ago",
    "%(task)s has no value that is a number",
    "%(task)s was run over no sample",
    "%(task)s was evaluated on the %(about)s",
    "%(field)s names a list with nothing in it",
    "%(field)s is %(shown)s, and should be %(bound)s",
    "%(field)s is %(shown)s, so %(bound)s can not be told",
    "the system states %(field)s: %(value)s",
    "it asks for nothing, and nothing is no evidence",
)
"""Of controls, and of what they ask."""

REQUIREMENTS = (
    "no control of the catalogue meets it: %(given)s",
    "every control that answers it does not apply",
    "%(controls)s met, which answers a part",
    "a person judges the rest",
    "it speaks to the %(addressee)s, and the owner states to be %(roles)s",
    "no Statement of Applicability was attached: nothing was stated of any control",
    "nobody has approved this statement",
    "its approval is dated %(day)s, which has not come",
    "this statement is %(n)s days old",
    "nothing was stated",
    "declared implemented, and no evidence bears it out: %(standing)s",
    "declared implemented, and the evidence is not whole: %(standing)s",
    "excluded, and there is evidence that it is done",
    "never reviewed",
    "last reviewed %(n)s days ago",
    "its last review lies in the future",
    "no control asks for it; look for it by hand",
    "on record as not measurable, and evidence makes it %(standing)s",
)
"""Of requirements, of the Statement of Applicability, and of targets."""

SIGNING = (
    "no weights of a candidate were attached, so there is nothing to sign",
    "sign again over the present ledger",
    "put the signer back on the list, or have the refusal settled by its author",
    "a refusal is on record whose signature does not count: %(whose)s",
    "approved by %(people)s",
    "within envelope %(envelope)s: %(why)s",
    "within condition %(condition)s: %(why)s",
    "condition %(condition)s of %(signer)s is met: %(why)s",
    "condition %(condition)s of %(signer)s is due on %(day)s: %(why)s",
    "condition %(condition)s was due on %(day)s: %(why)s",
    "%(signer)s holds the duty %(duty)s by exception",
    "%(signer)s approves and holds the duty %(duty)s (%(why)s)",
    "%(signer)s holds the duty %(duty)s (%(why)s)",
    "let somebody else approve, or have an exception signed: govern sign --decision except-duties",
    "attach the evidence with the key of whoever made it: govern attach --key",
    "name them in the system file: duties: {%(named)s}",
    "nobody knows who holds the duty %(duties)s",
    "nobody approves yet, so nobody can be kept apart",
    "have it approved",
    "%(people)s approve",
    "missing: %(why)s",
    "%(n)s approval in the role %(role)s by somebody who fills no other place: govern sign %(system)s --decision approve --role …",
    "%(n)s approval in the role %(role)s: govern sign %(system)s --decision approve --role …",
    "%(n)s approval in the role %(role)s by somebody who fills no other place",
    "%(n)s approval in the role %(role)s",
    "attested %(n)s pieces of evidence",
    "named by the system's owner",
    "set the policy %(policy)s",
    "sealed a plan under the policy %(policy)s",
)
"""Of who signed, and of the duties that are kept apart."""

RELAXED = (
    "the waiver of %(control)s by %(signer)s does not count: %(why)s",
    "%(risk)s was accepted by %(signer)s, which does not count: %(why)s",
    "a risk is accepted in the role risk-owner",
    "it accepts %(one)s, and the risk is now %(other)s",
    "signed in the role %(role)s, and a waiver is an approver's or a risk owner's",
    "its retest was due on %(day)s",
    "the signature is not valid",
    "signed for another system",
    "signed for another model identity",
    "ended by %(signer)s: %(given)s",
    "dated in the future",
    "expired on %(day)s",
    "%(standing)s is nothing that is waived",
    "it was given while the control stood at %(then)s, and it is %(standing)s now",
    "no key of an enrolled principal made this signature",
    "signed with the key of %(principal)s, in the name of %(signer)s",
    "%(signer)s is a %(sort)s, and a decision is a person's",
    "%(signer)s does not hold the role %(role)s",
    "%(decision)s is signed in the role %(roles)s, not %(role)s",
    "the meaning that was signed is not the one of this decision",
    "names a later ledger than the one it stands in",
    "%(signer)s lets itself off, which somebody else must do",
)
"""Of waivers and accepted risks, and of why a signature does not count."""

APPROVALS = (
    "the evidence recorded before entry %(entry)s is not the evidence that was signed",
    "the system as stated before entry %(entry)s is not the one that was signed",
    "%(signer)s (%(role)s) took this model out of use: %(given)s",
    "%(signer)s (%(role)s) revoked it: %(given)s",
    "%(signer)s (%(role)s) revoked the approval of this model: %(given)s",
    "%(signer)s says %(decision)s since",
    "it is dated in the future, %(moment)s UTC",
    "it expired on %(day)s",
    "no weights of a candidate are named any longer",
    "another model identity is to be released than the one that was signed: %(why)s",
    "another model identity is to be released than the one that was signed",
    "it was signed under another policy, %(policy)s",
    "it was signed under another policy",
    "%(signer)s signed %(decision)s of %(given)s, which %(author)s had not seen",
    "the content that judges is not the one that was signed (%(why)s)",
    "the content that judges is not the one that was signed",
    "%(pieces)s came in as the condition %(condition)s asks, and nothing stands worse",
    "%(pieces)s was recorded after the approval by %(signer)s (%(why)s)",
    "%(pieces)s was recorded after the approval by %(signer)s",
    "%(pieces)s were recorded after the approval by %(signer)s (%(why)s)",
    "%(pieces)s were recorded after the approval by %(signer)s",
    "new evidence of %(kinds)s, which the approval itself names as a reason to approve again",
    "the system file was changed after the approval by %(signer)s (what it said before is not on record)",
    "the system file was changed after the approval by %(signer)s: %(fields)s (%(why)s)",
    "the system file was changed after the approval by %(signer)s: %(fields)s",
    "changed: %(fields)s",
    "no risk is rated higher than when it was signed",
    "the risks are not rated as when it was signed: %(risks)s (%(why)s)",
    "the risks are not rated as when it was signed: %(risks)s",
    "the risks are not rated as when it was signed (%(why)s)",
    "the risks are not rated as when it was signed",
    "envelope %(envelope)s did not hold: %(why)s",
    "the content of then is not at hand, so nobody can tell whether anything stands worse",
    "the risks as they were signed can not be derived again, so nobody can tell whether any is higher",
    "%(why)s as of %(moment)s UTC",
    "%(control)s was %(then)s and is gone",
    "%(control)s was %(then)s and is %(standing)s",
    "%(risk)s is rated higher",
    "%(control)s is not in the catalogue",
    "%(control)s is %(standing)s: %(why)s",
    "%(control)s is %(standing)s",
    "no %(kind)s on the topic %(topic)s came in after the approval and by the day",
    "no %(kind)s came in after the approval and by the day",
    "%(pieces)s came in",
    "%(kind)s on the topic %(topic)s came in",
    "%(kind)s came in",
    "%(change)s: %(why)s (envelope %(envelope)s)",
    "%(change)s: %(why)s (condition %(condition)s)",
    "a release was named",
    "no release is named any longer",
    "files changed that belong to no named part, such as those no loader reads",
    "its parts stand in another order",
)
"""Of what an approval is worth by now, and of what changed since."""

OTHERS = (
    "inherent %(rating)s",
    "−%(n)s %(side)s by %(control)s",
    "nothing by %(control)s (%(standing)s)",
    "residual %(rating)s",
    "stale: of %(day)s, %(n)s days ago, and the policy quotes %(kind)s for %(limit)s",
    "Checked by: %(who)s, on %(day)s, against: %(given)s",
    "written by hand by %(person)s",
    "stated by %(person)s",
    "conflict: %(given)s",
    "%(rating)s, now %(present)s",
    "%(n)s day",
    "%(n)s days",
    "%(n)s secret or personal data left out",
    "%(n)s secrets or personal data left out",
)
"""Of the arithmetic of a risk, of figures that are too old to quote, of the evidence index."""

LAST = (
    "%(signer)s (%(role)s) says %(decision)s: %(given)s",
    "%(signer)s (%(role)s), %(state)s: %(why)s",
    "%(signer)s (%(role)s): %(why)s",
    "%(duty)s: %(people)s",
    "%(control)s: %(why)s",
    "%(field)s %(test)s",
    "%(path)s %(said)s",
    "%(ids)s",
    "%(changes)s",
)
"""What nearly everything fits, and what is tried when nothing else does."""

SENTENCES = (
    *measured.SENTENCES,
    *GATE,
    *CONTROLS,
    *REQUIREMENTS,
    *SIGNING,
    *RELAXED,
    *APPROVALS,
    *OTHERS,
    *COMPARED,
    *measured.LAST,
    *LAST,
)

NUMBERS = frozenset({
    "n", "total", "yes", "no", "untold", "waived", "more", "score", "limit", "point", "low", "high", "confidence", "entry", "now", "before",
    "attempts", "gained", "lost", "margin", "p", "power", "share",
})  # fmt: skip
TOKENS = frozenset({
    "control", "kind", "risk", "topic", "rule", "envelope", "condition", "day", "system", "addressee", "sort", "sign", "policy", "said",
    "ask", "column",
})  # fmt: skip
"""Names for what holds no space, such as an id or a day. A `field`, a `path`, a `rating` and several `ids` have a shape of their own."""
SENTENCE = "why"
WORDS: Mapping[str, Mapping[str, str]] = {
    "standing": {each.value: words.STANDINGS[each].word for each in Standing},
    "then": {each.value: words.STANDINGS[each].word for each in Standing},
    "state": {each.value: words.STATES[each].word for each in State},
    "decision": {each.value: words.DECISIONS[each].word for each in DecisionKind},
    "quality": {each.value: words.QUALITIES[each].word for each in Quality},
    "level": {each.value: words.LEVELS[each].word for each in Level},
    "duty": words.DUTIES,
    "about": {each.value: words.ABOUT[each] for each in About},
    "side": {each: each for each in ("likelihood", "impact")},
    "change": {each: each for each in ("evidence", "content", "system", "risk")},
    "setting": {each: each for each in SETTINGS},
    "treatment": {each.value: each.value for each in Treatment},
    "model": words.MODELS,
    "reference": words.REFERENCES,
    "correction": words.CORRECTIONS,
    "planned": {each: each for each in measured.PLANNED},
    "part": {each: each for each in PARTS_IN_SENTENCES.values()},
}
"""Names for one word of a closed list, each with how that word is printed."""
GIVEN: Mapping[str, str] = {
    each: each
    for each in (
        "the collector gave no reason",
        "no reason was given",
        "standard error",
        "its controls are absent",
        "not stated",
        "none on record",
        "an earlier entry",
    )
}
"""What stands where somebody else's words would, when there are none."""

_WHOLE = re.compile(r"(?!)")
_TESTS = (
    "stated", "absent", "empty", "not empty", "yes", "no", "at least %(limit)s", "at most %(limit)s", "one of %(given)s",
    "none of %(given)s",
)  # fmt: skip
_STANDING = "|".join(re.escape(each.value) for each in Standing)
LISTS: Mapping[str, tuple[re.Pattern[str], str, tuple[str, ...]]] = {
    "standings": (re.compile(rf", (?=[a-z0-9-]+ (?:{_STANDING})\b)"), ", ", (
        "%(control)s %(standing)s (waived by %(signer)s until %(day)s, tested again by %(retest)s: %(given)s)",
        "%(control)s %(standing)s (%(why)s)", "%(control)s %(standing)s",
    )),
    "above": (re.compile(r", (?=\S+ \d+ \()"), ", ", ("%(risk)s %(score)s (%(level)s)",)),
    "found": (re.compile(r", (?=\S+ in )"), ", ", ("%(rule)s in the run", "%(rule)s in %(path)s")),
    "whose": (re.compile(r", (?=[^,:]+ \([^()]+\): )"), ", ", ("%(signer)s (%(role)s): %(why)s",)),
    "wanted": (re.compile(r" (?=about the |for the purpose |on the topic |with )"), " ", (
        "about the %(about)s", "for the purpose %(purpose)s", "on the topic %(topic)s", "with %(name)s %(value)s",
    )),
    "changes": (re.compile(r", "), ", ", CHANGES),
    "duties": (re.compile(r", "), ", ", ("%(duty)s",)),
    "what": (_WHOLE, "", ("%(measure)s against base", "%(measure)s against approved", "a task for %(purpose)s")),
    "problem": (_WHOLE, "", measured.PROBLEMS),
    "limits": (_WHOLE, "", (measured.CONTROL_LIMITS,)),
    "looser": (_WHOLE, "", measured.LOOSER),
    "known": (_WHOLE, "", ("%(n)s run", "%(n)s runs")),
    "on": (_WHOLE, "", ("the base model",)),
    "method": (re.compile(r", (?=as independent results|with the agreement of )"), ", ", measured.METHODS),
    "pairs": (re.compile(r", (?=n [\dn]|[\d,]+ gained |McNemar p |sign-flip p )"), ", ", (
        "n %(n)s", "%(gained)s gained and %(lost)s lost", "McNemar p %(p)s", "sign-flip p %(p)s", "%(method)s",
    )),
    "held": (re.compile(r", (?=p |the error divided )"), ", ", (
        "p %(p)s after %(correction)s over %(n)s", "the error divided among %(attempts)s runs",
    )),
    "requirements": (re.compile(r"(?<=\)), "), ", ", ("%(requirement)s (%(standing)s)",)),
    "pieces": (_WHOLE, "", ("%(n)s piece of evidence", "%(n)s pieces of evidence")),
    "shown": (_WHOLE, "", ("not stated", "empty", "yes", "no", "a list of %(n)s (%(given)s)", "a list of %(n)s")),
    "bound": (_WHOLE, "", _TESTS),
    "test": (_WHOLE, "", _TESTS),
}  # fmt: skip
"""Names for several things: where they are cut, how they are joined again, and the patterns of each. What fits none is printed as it is."""

MUST_FIT = frozenset(
    {"pieces", "standings", "above", "test", "changes", "problem", "limits", "looser", "known", "held"}
)
"""Lists of which each item fits a pattern, else the sentence is another one."""


def messages() -> tuple[str, ...]:
    """All that a catalogue is asked for, each once: sentences, items of lists, and the words of closed lists."""
    items = [item for _, _, patterns in LISTS.values() for item in patterns]
    closed = [word for held in WORDS.values() for word in held.values()]
    return tuple(dict.fromkeys([*SENTENCES, *items, *closed, *GIVEN]))
