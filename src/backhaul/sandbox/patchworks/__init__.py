"""A stand-in for Patchworks: its documented API over flows that are Python functions, and what goes wrong."""

from .faults import Fault
from .flows import Flow, ObjectFailed
from .runs import FAILED, FINISHED, RUNNING, Run
from .stand_in import StandIn

__all__ = ["FAILED", "FINISHED", "RUNNING", "Fault", "Flow", "ObjectFailed", "Run", "StandIn"]
