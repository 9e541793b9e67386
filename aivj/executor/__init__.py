"""Long work in many workers: what it is written against, who decides, and what runs it here.

`protocol` names the parts, `dispatch` decides without clock or input at the `pace` of recent items,
`loop` carries its `commands` out on a bench of slots, `slot` lives where the worker lives,
`in_process` is the bench of this process. `aivj.fleet` has the bench of a Ray cluster.
"""
