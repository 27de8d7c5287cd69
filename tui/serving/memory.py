"""How a process lays out its memory so that its forks share as much of it as can be.

A page that a fork writes to becomes its own, and CPython writes to what it only uses: a reference count in each object,
a counter and caches in the bytecode of each function that is called. What every fork uses is therefore put together,
on few pages, and away from what it makes new.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
import threading
from functools import partial
from types import CodeType, FunctionType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

_pool = 16_384  # bytes that pymalloc hands out at a time, for objects of one size; its POOL_SIZE
_pool_header = 48  # bytes
_small = 512  # bytes; what is larger malloc gives
_most_holes = 200_000  # of one size
_arena_max = -8  # M_ARENA_MAX of glibc's malloc.h


def use_one_heap() -> None:
    """Where the C library has it: threads allocate from the heap that is there, not each from one of its own."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_arena_max, 1)


def note_calls(run: Callable[[], object]) -> list[CodeType]:
    """Run that, and give the code of whatever Python functions it called, in the order of their first call."""
    called: dict[int, CodeType] = {}

    def note(frame: FrameType, event: str, argument: object) -> None:  # noqa: ARG001 - a profiler's signature
        if event == "call":
            called.setdefault(id(frame.f_code), frame.f_code)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return list(called.values())


def gather(codes: Sequence[CodeType]) -> None:
    """Move those codes beside each other, in that order, wherever a function has them."""
    places = {id(code): place for place, code in enumerate(codes)}
    found = [
        (place, function)
        for function in gc.get_objects()
        if isinstance(function, FunctionType) and (place := _find_place(function.__code__, places)) is not None
    ]
    found.sort(key=lambda each: each[0])
    filling = fill_holes()
    # The old ones are there until all have been copied: otherwise each copy would go where one had just been.
    copies = [(function, _copy(function.__code__, places)) for _, function in found]
    for function, code in copies:
        function.__code__ = code
    del filling


def _find_place(code: CodeType, places: dict[int, int]) -> int | None:
    """The first place of a code and of those within it."""
    within = (_find_place(each, places) for each in code.co_consts if isinstance(each, CodeType))
    return min((place for place in (places.get(id(code)), *within) if place is not None), default=None)


def _copy(code: CodeType, places: dict[int, int]) -> CodeType:
    if _find_place(code, places) is None:
        return code
    return code.replace(
        co_consts=tuple(_copy(each, places) if isinstance(each, CodeType) else each for each in code.co_consts)
    )


def fill_holes() -> object:
    """Take what is free between objects: as long as what is returned is held, new ones go to pages of their own."""
    makes: list[tuple[int, Callable[[], object]]] = [(16, object), (32, partial(float, "1e300"))]
    empty = sys.getsizeof(b"")
    makes += [(size, partial(bytes, size - empty)) for size in range(48, _small + 1, 16)]
    held = [_fill_pools(size, make) for size, make in makes]
    _fill_heap()
    return held


def _fill_pools(size: int, make: Callable[[], object]) -> list[object]:
    """Make objects of that size until they lie one behind the other through a whole pool: nothing else is free."""
    held: list[object] = []
    in_a_row, last = 0, 0
    while in_a_row < (_pool - _pool_header) // size and len(held) < _most_holes:
        held.append(made := make())
        in_a_row = in_a_row + 1 if id(made) == last + size else 1
        last = id(made)
    del held[-in_a_row:]
    return held


class _Heap(ctypes.Structure):
    """glibc's struct mallinfo2, what malloc has and has given away, in bytes."""

    _fields_ = (
        *((name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks")),
        *((name, ctypes.c_size_t) for name in ("uordblks", "fordblks", "keepcost")),
    )  # fmt: skip


def _fill_heap() -> None:
    """Take, for good, what malloc has free below the top of its heap; where the C library cannot say, nothing."""
    library = ctypes.CDLL(None)
    try:
        find, malloc, free = library.mallinfo2, library.malloc, library.free
    except AttributeError:
        return
    find.restype, malloc.restype = _Heap, ctypes.c_void_p
    malloc.argtypes, free.argtypes = [ctypes.c_size_t], [ctypes.c_void_p]
    for size in (1 << exponent for exponent in range(16, 4, -1)):
        while (heap := find()).fordblks - heap.keepcost >= size:
            taken = malloc(size)
            if find().keepcost < heap.keepcost:  # it came from the top: no hole is as large as that
                free(taken)
                break
