"""How well detection did.

Against labels: ``labels`` and ``scoring``, with ``causes`` for what went wrong; by its users' marks: ``marks``.
"""
