"""An organisation's own documents: found, converted in a guarded child process, cut and kept as a collection.

Kept free of imports: the child process that converts files must stay small.
"""
