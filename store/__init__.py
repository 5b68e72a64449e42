"""The shared contact store and the registry's rules.

This package imports nothing of its own here: the renderers may import its
public types (``errors``, ``names``, ``published``, ``queries``, ``statuses``)
without loading the private model behind them.
"""
