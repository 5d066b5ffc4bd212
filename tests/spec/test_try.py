from tests.spec.spec import *
TOPIC=Topic("x","y",[
 Case("mask","""
inputs: {a: boolean}
history: {paid: boolean}
variables:
  v: 1 if history.count(paid) > 0 else unknown
  w: "1 if (history.sum(1 if paid else 0, last=1) == 5 / 3) else unknown"
  x: "{0}"
""".replace('  x: "{0}"\n',''),
"""
person | history | v | v lacks | w | w lacks
a | 2026-01 2026-03 | ? |  | ? |
""")])
test_it=cases_test(TOPIC)
