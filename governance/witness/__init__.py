"""A witness: it signs the heads of logs it follows, and never two that disagree (https://c2sp.org/tlog-witness).

A witness is run by somebody else, on another machine, for ledgers that are not theirs: a customer, an auditor, another
department. So nothing here knows a workspace, a database or a model of data; it is files, proofs and the standard library.
"""
