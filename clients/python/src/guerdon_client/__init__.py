"""Use a Guerdon reward server from Python and from the trainers.

``Client`` scores rows. One module a trainer turns that into what the trainer calls: ``trl``,
``verl``, ``openrlhf``, ``slime``, ``nemo_rl`` and ``verifiers``. None of them needs anything but
the standard library until it is called.
"""

from .batch import Batch, Reason, Row
from .client import Client
from .error import GuerdonError

__all__ = ["Batch", "Client", "GuerdonError", "Reason", "Row"]
__version__ = "0.1.0"
