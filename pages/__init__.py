"""Pages for people, on a listener of their own: the lookup page and the approval pages.

The lookup page shows what the store's read door publishes; the doors' raw answers are
handed in (``pages.raw``). The approval pages ask the parties to a registrant change and
hand their answers on (``pages.desk``). Both import the public types of ``store`` alone.
"""
