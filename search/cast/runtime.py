"""onnxruntime, the library that runs the network, loaded so that it sends nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


def load_onnxruntime() -> ModuleType:
    """Import onnxruntime with its telemetry switched off.

    From 1.29 on it writes a device id into the user's cache and reports to its makers as soon as it is loaded. Its own
    switch comes too late for that; it reads these variables first, the second under the name that later versions use.
    """
    os.environ.update(ORT_DISABLE_TELEMETRY="1", ORT_TELEMETRY_DISABLED="1")
    import onnxruntime

    module: ModuleType = onnxruntime
    return module
