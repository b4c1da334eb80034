"""Areas by which votes may be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from results.facts.definition import Definition


def ward_areas(definition: Definition, groups: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Wards joined wherever one of these sets of boxes crosses them: areas by which votes may be shown, in ward order.

    Wards that share a group are shown jointly, never apportioned.
    """
    area_of: dict[str, set[str]] = {gss: {gss} for gss in definition.wards}
    for labels in groups:
        wards = {gss for label in labels for gss in definition.boxes[label].wards}
        joined = set().union(*(area_of[gss] for gss in wards)) if wards else set()
        for gss in joined:
            area_of[gss] = joined
    positions: Mapping[str, int] = {gss: position for position, gss in enumerate(definition.wards)}
    areas = {tuple(sorted(area, key=positions.__getitem__)) for area in area_of.values()}
    return tuple(sorted(areas, key=lambda area: positions[area[0]]))
