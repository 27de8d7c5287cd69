"""Loads onnxruntime, the library that runs the network, so that it sends nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


def load_onnxruntime() -> ModuleType:
    """Import onnxruntime with its telemetry switched off.

    Since 1.29 it writes a device id into the user's cache and reports to its makers as soon as it is loaded, before a
    program can call its own switch. It reads these variables first; later versions use the second name.
    """
    os.environ.update(ORT_DISABLE_TELEMETRY="1", ORT_TELEMETRY_DISABLED="1")
    import onnxruntime

    module: ModuleType = onnxruntime
    return module
