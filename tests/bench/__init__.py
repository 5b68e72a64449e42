"""The bench and the soak: do they see what is wrong, and say what they saw?"""
