"""The steps from one layout of the tables to the next, run by `coach.records.migrating`.

To change the tables: change `coach/records/schema.py`, add `versions/vNNNN_what.py` with the next number as `revision`
and the one before as `down_revision`, and keep a script of the layout before with data as
`tests/records/old_NNNN.sql`.
"""
