"""How two requests of a session are laid side by side.

A request is cut into `passage`s, and `passages` has it as a whole. `lineage` finds which earlier one it
continues, and `kinship` says what belongs together. `alignment` pairs their passages, and `comparison` is
what the rules look at, with `trimming` to tell what was left out on purpose.
"""
