"""The questions of the subcards: bias, safety and security, privacy, explainability, and who may be harmed.

After NVIDIA's Model Card++ (https://developer.nvidia.com/blog/enhancing-ai-transparency-and-ethical-considerations-with-model-card/)
and the section on ethical considerations of Mitchell et al. (2019), in our words, narrowed to what evidence or a person by name can answer.
A question that nobody answered is printed all the same.
"""

from __future__ import annotations

from governance.reports.atoms.views import phrase
from governance.reports.card.asking import Asked, Of, ceiling, choice, figure, length, listed, tally, words

_TOOL = words("Tool", "{} {}", "/tool/name", "/tool/version")
_PLACES = {
    "input": "what users write",
    "output": "what the model answers",
    "both": "what users write and what the model answers",
}
_DECISIONS = {
    "go-ahead": "go ahead",
    "go-ahead-with-conditions": "go ahead, with conditions",
    "do-not-go-ahead": "do not go ahead",
    "open": "not decided",
}

BIAS = (
    Asked(
        phrase("Was the model run on tasks made to bring out prejudice against groups of people?"),
        purposes=("bias",),
    ),
    Asked(
        phrase("How far apart are the best and the worst group of people?"),
        evidence=(
            Of(
                "subgroup-results.v1",
                (
                    words("Attribute, task and metric", "{}; {}, {}", "/attribute", "/task", "/metric"),
                    length("Groups", "/groups"),
                    figure("Largest gap", "/largest_gap"),
                    figure("Over all cases", "/overall/value"),
                    _TOOL,
                ),
            ),
        ),
    ),
    Asked(phrase("Does it answer with hate or insult?"), purposes=("toxicity",)),
    Asked(phrase("What counts as fair here, and who decided it?"), topics=("fairness-criteria",)),
    Asked(
        phrase("Were the people concerned asked?"),
        evidence=(Of("impact-assessment.v1", (listed("Who was asked", "/consulted"),), of_model=False),),
        topics=("consultation",),
    ),
)

SAFETY = (
    Asked(phrase("Does the tuned model still refuse what its base refused?"), purposes=("safety",)),
    Asked(
        phrase("Was it attacked systematically, and how often did an attack get through?"),
        evidence=(
            Of(
                "red-team.v1",
                (
                    figure("Attempts judged", "/attempts"),
                    figure("Attempts that got through", "/hits"),
                    ceiling("Share that may get through all the same, at most", "/hits", "/attempts"),
                    figure("Answers not judged", "/not_scored"),
                    length("Pairs of attack and detector", "/probes"),
                    _TOOL,
                ),
            ),
        ),
    ),
    Asked(phrase("Does it follow instructions hidden in what it reads?"), purposes=("prompt-injection",)),
    Asked(phrase("Can it be talked out of its rules?"), purposes=("jailbreak",)),
    Asked(
        phrase("Does it help with grave harm, such as weapons or attacks on computers?"),
        purposes=("dangerous-capability",),
    ),
    Asked(
        phrase("Is there a filter around it, and what does the filter miss?"),
        evidence=(
            Of(
                "moderation-test.v1",
                (
                    words("Filter", "{} {}", "/filter/name", "/filter/version"),
                    choice("What it reads", "/place", _PLACES),
                    figure("Share of harmful texts stopped", "/recall"),
                    figure("Share of harmless texts stopped", "/false_positive_rate"),
                ),
                of_model=False,
            ),
        ),
    ),
    Asked(
        phrase("Could a file of the model run a program when it is loaded?"),
        evidence=(
            Of(
                "model-artifacts.v1",
                (
                    length("Files that could run code on loading", "/unsafe_files"),
                    figure("Needs code from the repository", "/remote_code"),
                ),
            ),
            Of(
                "security-scan.v1",
                (figure("Findings in the weights", "/findings"), _TOOL),
                where=(("/target", "weights"),),
            ),
        ),
    ),
    Asked(
        phrase("Are the files of the model signed, and does the signature fit them?"),
        evidence=(
            Of(
                "model-signature.v1",
                (figure("Signature fits the files", "/verified"), figure("Signed with", "/method"), _TOOL),
            ),
        ),
    ),
    Asked(
        phrase("Do secrets lie about in its code or data?"),
        evidence=(
            Of(
                "security-scan.v1",
                (figure("Secrets found", "/findings"), _TOOL),
                where=(("/target", "secrets"),),
                of_model=False,
            ),
        ),
    ),
    Asked(phrase("Who can reach the weights?"), topics=("weights-access",)),
    Asked(
        phrase("Is the rate of requests limited?"),
        evidence=(
            Of(
                "rate-limit-test.v1",
                (
                    words("Limit", "{} {} for each {}", "/limit", "/unit", "/per"),
                    figure("Held when it was tried", "/enforced"),
                ),
                of_model=False,
            ),
        ),
    ),
    Asked(
        phrase("How could somebody misuse it, and what is done against that?"),
        topics=("misuse-analysis",),
        fields=("prohibited_uses",),
    ),
    Asked(phrase("Where can a weakness be reported?"), topics=("vulnerability-reports",)),
    Asked(
        phrase("What went wrong so far?"),
        evidence=(
            Of(
                "incident-log.v1",
                (
                    figure("Incidents on the list", "/total"),
                    figure("Still open", "/open"),
                    figure("Serious", "/serious"),
                ),
                of_model=False,
            ),
        ),
        topics=("incident-plan",),
    ),
)

PRIVACY = (
    Asked(
        phrase("Was the data searched for personal data, and what became of what was found?"),
        evidence=(
            Of(
                "personal-data-scan.v1",
                (
                    figure("Rows searched", "/rows"),
                    tally("Hits by sort", "/entities"),
                    figure("Taken out or replaced", "/redacted"),
                    figure("Not personal data after all, or allowed", "/dismissed"),
                    figure("Still as found", "/unresolved"),
                    _TOOL,
                ),
                of_model=False,
            ),
        ),
    ),
    Asked(phrase("Does it give away what it was trained on?"), purposes=("leakage",)),
    Asked(
        phrase("Under which agreement did the data come, and does it allow training?"),
        evidence=(
            Of(
                "data-agreement.v1",
                (
                    words("Agreement", "{}, {}", "/party", "/title"),
                    figure("In force", "/in_force"),
                    figure("Allows training", "/permits/training"),
                    figure("Allows giving such a model to others", "/permits/model_release"),
                    words("Read by", "{}, {}", "/read_by/name", "/read_by/role"),
                ),
                of_model=False,
            ),
        ),
        topics=("data-agreement",),
    ),
    Asked(
        phrase("Did owners of the data reserve their rights against mining, and was that kept?"),
        evidence=(
            Of(
                "rights-reservation-check.v1",
                (
                    figure("Sources", "/sources"),
                    figure("Checked", "/checked"),
                    figure("Reserved", "/reserved"),
                    figure("Left out", "/excluded"),
                    figure("Used without leave", "/used_despite_reservation"),
                    figure("Used unchecked", "/used_unchecked"),
                ),
                of_model=False,
            ),
        ),
    ),
    Asked(phrase("Was the effect on data protection assessed?"), topics=("data-protection",)),
    Asked(phrase("What becomes of what users type?"), topics=("user-data-handling",)),
    Asked(phrase("How long is data kept, and who deletes it?"), topics=("data-retention",)),
    Asked(
        phrase("Where can somebody turn who wants their data corrected or out?"),
        topics=("concerns-channel",),
        fields=("contact",),
    ),
)

EXPLAINABILITY = (
    Asked(phrase("How does it work, in words for an outsider?"), fields=("description",)),
    Asked(phrase("Were its answers examined for why it gives them?"), topics=("explanations",)),
    Asked(phrase("Do people know that they deal with a machine?"), topics=("ai-disclosure",)),
    Asked(
        phrase("Can what it writes be told from what people write?"),
        evidence=(
            Of(
                "watermark-detection.v1",
                (
                    words("Watermark", "{}, found by {}", "/scheme", "/tool/name"),
                    figure("Share of marked texts found", "/true_positive_rate"),
                    figure("Share of unmarked texts taken for marked", "/false_positive_rate"),
                ),
            ),
            Of(
                "content-provenance.v1",
                (
                    figure("Files examined for marks of origin", "/examined"),
                    figure("With a mark that holds", "/marked"),
                    figure("Standard", "/standard"),
                ),
            ),
        ),
        topics=("content-marking",),
    ),
    Asked(
        phrase("Do people check and overrule it?"),
        evidence=(
            Of(
                "human-review.v1",
                (
                    figure("Decisions in the period", "/decisions"),
                    figure("Looked at by a person", "/reviewed"),
                    figure("Overruled", "/overruled"),
                ),
                of_model=False,
            ),
        ),
        topics=("human-oversight",),
    ),
    Asked(
        phrase("Do users understand it, and notice when it is wrong?"),
        evidence=(
            Of(
                "user-study.v1",
                (
                    figure("People in the study", "/participants"),
                    figure("Share of tasks done right", "/success_rate"),
                    figure("People who acted on a wrong answer", "/overtrusted"),
                    length("What came out", "/findings"),
                    words("Led by", "{}, {}", "/led_by/name", "/led_by/role"),
                ),
                of_model=False,
            ),
        ),
        topics=("user-information",),
    ),
    Asked(
        phrase("How does it fail?"),
        evidence=(
            Of(
                "monitoring-report.v1",
                (
                    figure("Answers read in operation", "/sampled"),
                    figure("Of them wrong", "/wrong"),
                    words("Read by", "{}, {}", "/read_by/name", "/read_by/role"),
                ),
                of_model=False,
            ),
        ),
        topics=("failure-modes",),
    ),
)

ETHICS = (
    Asked(
        phrase("What does it do to people, and what was decided on that ground?"),
        evidence=(
            Of(
                "impact-assessment.v1",
                (
                    figure("Assessment", "/title"),
                    figure("Its scope", "/scope"),
                    length("Groups of people concerned", "/affected_groups"),
                    choice("Decision", "/decision", _DECISIONS),
                    listed("Conditions", "/conditions"),
                    words("Decided by", "{}, {}", "/approved_by/name", "/approved_by/role"),
                ),
                of_model=False,
            ),
        ),
        topics=("impact-assessment",),
    ),
    Asked(
        phrase("What does it do beyond single people, such as to work or public debate?"),
        evidence=(Of("impact-assessment.v1", (figure("Beyond single people", "/society"),), of_model=False),),
    ),
    Asked(
        phrase("Which unwanted uses were foreseen?"),
        evidence=(Of("impact-assessment.v1", (listed("Unwanted uses", "/unintended_uses"),), of_model=False),),
        topics=("misuse-analysis",),
    ),
    Asked(
        phrase("What happens when harm was done, and where can people complain?"),
        evidence=(Of("impact-assessment.v1", (figure("When harm was done", "/if_harm_occurs"),), of_model=False),),
        topics=("incident-plan", "concerns-channel"),
    ),
    Asked(phrase("Is it subject to rules of law that bind this sort of system?"), topics=("legal-classification",)),
)

SUBCARDS = (("bias", BIAS), ("safety", SAFETY), ("privacy", PRIVACY), ("explainability", EXPLAINABILITY))
"""The subcards by their anchors, in the order of print."""
