"""Messages are drawn so that each speaks for a known part of production."""

from hashlib import md5

import numpy as np
import pytest

from checks.candidates.population import Place, population
from checks.candidates.sampling import Stratum, Unit, allocate, draw, own_strata
from checks.counts.cells import OutcomeCell

WRONG = Stratum("urgent", right=False)


def _units(masses: list[float], label: str = "urgent") -> list[Unit]:
    lots = [md5(f"{label} {i}".encode(), usedforsecurity=False).hexdigest() for i in range(len(masses))]
    return [
        Unit(f"{label} {i}", label, right=False, mass=mass, squares=mass, lot=lot)
        for i, (mass, lot) in enumerate(zip(masses, lots, strict=True))
    ]


def test_labels_of_a_class_speak_for_all_predictions_of_it() -> None:
    cells = [
        OutcomeCell("card", "card", 9, 9, 9),
        OutcomeCell("card", "urgent", 1, 1, 1),
        OutcomeCell("card", None, 90, 0, 0),
        OutcomeCell("other", None, 7, 0, 0),
    ]
    found = population(cells)
    assert {place: round(mass.total, 6) for place, mass in found.masses.items()} == {
        Place("card", "card"): 90.0,
        Place("card", "urgent"): 10.0,
    }
    assert (found.predictions, found.unseen) == (107, 7)


def test_labels_that_were_drawn_with_a_known_probability_do_not_drown_those_that_came_by_themselves() -> None:
    """One designed label in a thousand predictions, and a hundred that came by themselves: it counts as one of them."""
    cells = [
        OutcomeCell("card", "card", 100, 100, 100),
        OutcomeCell("card", "urgent", 1, 900, 810_000, designed=1),
        OutcomeCell("card", None, 899, 0, 0),
    ]
    urgent = population(cells).masses[Place("card", "urgent")]
    assert urgent.total == pytest.approx(1000 / 101)


def test_the_mass_of_a_part_is_that_of_all_messages_it_was_drawn_from() -> None:
    units = _units([1.0] * 50 + [3.0] * 10 + [400.0])
    parts = draw(WRONG, units, 12, 0.3)
    assert sum(part.mass for part in parts) == pytest.approx(sum(unit.mass for unit in units))
    assert sum(len(part.keys) for part in parts) == 12
    assert [part.keys for part in parts if part.certain] == [("urgent 60",)]  # asked so often that it is drawn for sure


def test_a_message_is_drawn_as_often_as_its_probability_says() -> None:
    units = _units([1.0] * 20 + [4.0] * 5)
    starts = np.linspace(0, 1, 400, endpoint=False)
    drawn = [key for start in starts for part in draw(WRONG, units, 8, float(start)) for key in part.keys]
    for unit in units:
        assert drawn.count(unit.key) / len(starts) == pytest.approx(unit.mass * 8 / 40, abs=0.01)


def test_a_rare_critical_class_gets_half_of_the_sample_and_no_stratum_more_than_it_has() -> None:
    strata = {
        Stratum("urgent", right=False): _units([1.0] * 60),
        Stratum("urgent", right=True): _units([1.0] * 60),
        Stratum("card", right=False): _units([10.0] * 90, "card"),
        Stratum("card", right=True): _units([10.0] * 900, "card"),
    }
    numbers = allocate(strata, ["urgent"], 200)
    assert sum(numbers.values()) == 200
    assert numbers[WRONG] == 60
    assert numbers[Stratum("urgent", right=True)] >= 25
    assert allocate(strata, ["urgent"], 5000) == {stratum: len(units) for stratum, units in strata.items()}


def test_with_many_classes_only_those_that_matter_have_strata_of_their_own() -> None:
    labels = [f"class {i}" for i in range(77)]
    assert own_strata(labels, ["class 3", "gone"], 300) == {"class 3"}
    assert own_strata(labels, ["class 3"], 1000) == set(labels)
