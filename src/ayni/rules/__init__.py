"""The rules kernel: definitions of rules, their typed form, and the engines that give them the same meaning
everywhere.
"""
