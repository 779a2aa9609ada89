"""How long something took, as short as it is telling."""


def duration(seconds: float) -> str:
    """``<1 ms``, ``3 ms``, ``0.4 s``, ``12 s``, ``2 min 05 s``."""
    if seconds < 0.0005:
        return "<1 ms"
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
