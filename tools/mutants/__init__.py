"""Mutants: each takes one fallback of docs/failures.md out of the code, and a test must notice.

`tests/mutants/*.toml` lists them by subject:

    [device-lost-twice]
    row = "device lost twice with the same model"
    test = "vitest src/engine/machine.test.ts -t 'a second time'"
    file = "components/webllm_chat/frontend/src/engine/machine/recovery.ts"
    in = "stepDown"
    replace = "below < 0"
    with = "below < 99"

`row` is the row's first column. `test` is run by `vitest` in the chat's frontend, or by `pytest`
at the root; a `pytest` of `tests/browser` runs on a bundle built with the mutant. `in` is the
function, `Class.method`, class or constant that changes; without it the whole file is looked
through. `replace` must be there exactly once, however its lines are broken and indented. Nothing
else of the file matters, so the code around may move.
"""
