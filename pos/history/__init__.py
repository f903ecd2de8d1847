"""History: a shop's old receipts out of a file, posted through the same verbs as a till would post them.

`lines` reads the file, `plan` makes sales and returns of its lines (with `matching`), `posting` posts them in batches,
`report` says where every line and every penny went.
"""
