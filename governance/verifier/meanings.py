"""What a decision means, in the words that are signed with it."""

MEANING = {
    "approve": "I have reviewed what this statement names and approve this model identity for the stated system and scope.",
    "approve-with-conditions": (
        "I have reviewed what this statement names and approve this model identity for the stated system and scope, "
        "as long as the stated conditions are met by their days."
    ),
    "reject": "I have reviewed what this statement names and reject this model identity for the stated system.",
    "hold": "I have reviewed what this statement names; it is not ready to be decided.",
    "revoke": "I withdraw the approval of this model identity; it is not to be used any longer.",
    "retire": "This model identity is taken out of use for the stated system; no approval of it counts any longer.",
    "accept-risk": "I own this risk and accept it as it is rated here, until the stated day.",
    "waive": (
        "I let this control be unmet for the stated system until the stated day, for the stated reason and with the stated "
        "compensation; its own standing stays as it is."
    ),
    "except-duties": (
        "I let this person hold the named duties beside the approval of the stated system, until the stated day, knowing "
        "that they are to be kept apart."
    ),
    "plan": (
        "I fix here by what candidates of the stated system will be measured, before any of it is measured, and every run made "
        "after this counts."
    ),
    "set-policy": "I set the thresholds of this policy for the stated system before what it judges is known.",
}
"""By kind of decision."""

APPROVALS = frozenset({"approve", "approve-with-conditions"})
ENDINGS = frozenset({"reject", "hold", "revoke", "retire"})
