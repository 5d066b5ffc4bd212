"""Country packs: the law of a country as data, how it is read and checked, and the cases that prove it.

The folders with two letters hold data only. The modules beside them read packs, check them, run their cases and print
them for a jurist. Nothing here computes an amount: that is the kernel's work (`ayni.rules`).
"""
