from collections.abc import Callable

from config import Settings
from tests.config.conftest import MONITOR, Refused

SCORED = MONITOR.replace("predicted: predicted", "predicted: predicted, relevance: thumbs, relevance_source: judge")


def test_a_judge_without_scores_is_refused(refused: Refused) -> None:
    told = refused(SCORED.replace("relevance: thumbs, ", ""))
    assert "relevance_source says who judged the relevance; set relevance too" in told


def test_scores_with_and_without_their_judge_are_fine(loaded: Callable[..., Settings]) -> None:
    for text in (SCORED, SCORED.replace(", relevance_source: judge", "")):
        columns = loaded(text).monitors["bot"].source.predictions.columns
        assert columns.mapped()["relevance"] == "thumbs"
