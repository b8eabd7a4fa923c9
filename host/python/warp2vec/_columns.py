"""Columns of texts that are no Python objects."""
from __future__ import annotations

from typing import Any

from . import _core


def _is_of(module: str, source: Any) -> bool:
    return type(source).__module__.partition(".")[0] == module


def as_column(source: Any) -> Any:
    """A TextColumn of an Arrow, polars or pandas column of str, or of lists of str; other things as they are."""
    if _is_of("pandas", source) and getattr(source, "dtype", None) == object:
        rows = list(source)
        first = next((row for row in rows if isinstance(row, (str, list, tuple))), None)
        return _core.TextColumn.of_rows(rows) if isinstance(first, str) else rows
    if hasattr(source, "__arrow_c_stream__") or hasattr(source, "__arrow_c_array__"):
        return _core.TextColumn.of_arrow(source)
    if _is_of("pandas", source) and hasattr(source, "to_numpy"):  # str columns of pandas 2
        return _core.TextColumn.of_rows(list(source.to_numpy(object)))
    return source
