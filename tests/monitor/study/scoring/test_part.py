"""The estimate of relevance in a study."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from checks.counts.studied.estimated_relevance import Agreement
from checks.counts.study import Study, StudySpan
from checks.counts.windows import Windows
from checks.estimates.cycle_data import Measured
from checks.metrics.line import MetricLine
from checks.metrics.window import estimates
from monitor.log.sampled import Samples, StudyRow
from monitor.study.child import StudyChild
from monitor.study.messages import StudyRequest
from monitor.study.scoring.model_folder import ModelError
from monitor.study.scoring.part import FORMER, MIN_ROWS, ROWS, estimate, relevance_by
from monitor.study.scoring.scorer import Floats
from tests.monitor.study.conftest import MEMORY_MB, PATIENCE
from tests.support.embedding_model import write_embedding_model
from tests.support.windows import Spell, answers, history

START = datetime(2026, 3, 1, tzinfo=UTC)


class SharedWords:
    """A scorer that takes the part of the message's words that the answer repeats."""

    name = "shared words"

    def score(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        return np.array([len(set(m.split()) & set(a.split())) / len(set(m.split())) for m, a in pairs])


def rows(n: int, shared: int, *, score: float | None = None, agrees: bool = True, seed: int = 0) -> list[StudyRow]:
    """Answers that repeat about `shared` of ten words; a score, where given, moves with them or not."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(n):
        kept = int(np.clip(shared + rng.integers(-2, 3), 0, 10))
        given = None if score is None else float(kept / 10 if agrees else rng.random())
        words = [f"word{i}" for i in range(10)]
        at = START + timedelta(minutes=number)
        answer = " ".join(words[:kept]) or "sorry"
        found.append(StudyRow(str(number), at, "card", text=" ".join(words), response=answer, relevance=given))
    return found


def test_the_mean_has_an_interval_and_stands_beside_the_reference() -> None:
    found = estimate(SharedWords(), rows(200, 4), rows(200, 8, seed=1))
    assert found.low < found.value < found.high
    assert found.value == pytest.approx(0.4, abs=0.03)
    assert found.then == pytest.approx(0.8, abs=0.03)
    assert (found.n, found.n_then, found.agreement, found.is_refused) == (200, 200, None, False)


def test_scores_that_rise_with_the_estimate_confirm_it() -> None:
    agreement = estimate(SharedWords(), rows(100, 5, score=1), []).agreement
    assert agreement is not None
    assert agreement.low > 0.9
    assert agreement.n == 100


def test_an_estimate_that_scores_contradict_is_refused() -> None:
    found = estimate(SharedWords(), rows(100, 5, score=1, agrees=False), [])
    assert found.agreement is not None
    assert found.is_refused


def test_few_scores_or_equal_ones_confirm_nothing() -> None:
    few = [*rows(MIN_ROWS - 1, 5, score=1), *rows(100, 5)]
    equal = [replace(row, relevance=1.0) for row in rows(100, 5)]
    assert estimate(SharedWords(), few, []).agreement is None
    assert estimate(SharedWords(), equal, []).agreement is None


@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_the_interval_of_the_agreement_covers_the_truth(rho: float) -> None:
    rng = np.random.default_rng(2)
    truth = 6 / np.pi * np.arcsin(rho / 2)  # Spearman's of a normal pair (Pearson 1907)
    covered = 0
    for _ in range(200):
        pairs = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], 100)
        uniform = np.argsort(np.argsort(pairs, axis=0), axis=0) / 99

        class Given:
            name = "given"

            def score(self, pairs: Sequence[tuple[str, str]]) -> Floats:
                return np.array([float(message) for message, _ in pairs])

        drawn = [
            StudyRow(str(i), START, "a", text=str(x), response="b", relevance=float(y))
            for i, (x, y) in enumerate(uniform)
        ]
        agreement = estimate(Given(), drawn, []).agreement
        assert agreement is not None
        covered += agreement.low <= truth <= agreement.high
    assert covered / 200 >= 0.92


WEEK = StudySpan(START, START + timedelta(days=7))
STUDY = Study(WEEK.end, WEEK, (), 0, 0)


def week(*current: StudyRow) -> Samples:
    return Samples(WEEK.end, WEEK, (), current, ())


def test_without_a_model_or_without_answers_the_study_is_as_it_was() -> None:
    assert relevance_by("")(week(*rows(ROWS, 5)), STUDY) == STUDY
    without_answers = [replace(row, response=None) for row in rows(ROWS + 50, 5)]
    assert relevance_by("/no/such/model")(week(*without_answers), STUDY) == STUDY


def test_the_child_estimates_by_the_model_of_the_request(child: StudyChild, tmp_path: Path) -> None:
    folder = str(write_embedding_model(tmp_path / "words"))
    asked = [replace(row, text="lost card", response="card") for row in rows(100, 5)]
    reply = child.ask(StudyRequest(week(*asked), MEMORY_MB, relevance_model=folder), PATIENCE)
    assert reply.study is not None
    assert reply.study.faults == ()
    found = reply.study.estimated_relevance
    assert found is not None
    assert found.scorer.startswith("words (model2vec ")
    assert found.n == 100
    assert found.value == pytest.approx(np.cos(np.arctan2(0.2, 2)), abs=1e-6)


def test_a_model_that_is_not_there_is_a_fault_and_the_study_stands(child: StudyChild) -> None:
    reply = child.ask(StudyRequest(week(*rows(100, 5)), MEMORY_MB, relevance_model="/no/such/model"), PATIENCE)
    assert reply.study is not None
    assert reply.study.estimated_relevance is None
    (fault,) = reply.study.faults
    assert fault.part == "estimated_relevance"
    assert fault.error == "ModelError: study.relevance_model names /no/such/model, which is not there"


def test_who_had_the_former_extra_is_told_of_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / FORMER).mkdir()
    (tmp_path / FORMER / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelError, match=r"the extra `embeddings` is gone.*study\.relevance_model, or uninstall"):
        relevance_by("")(week(*rows(ROWS, 5)), STUDY)
    assert relevance_by("")(week(*rows(MIN_ROWS - 1, 5)), STUDY) == STUDY


class HalfOfTheLanguages(SharedWords):
    """Knows every second answer."""

    def score(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        scores = super().score(pairs)
        scores[::2] = np.nan
        return scores


def test_answers_that_the_model_cannot_read_are_left_out() -> None:
    drawn = rows(100, 5, score=1)
    found = estimate(HalfOfTheLanguages(), drawn, drawn)
    assert found == replace(estimate(SharedWords(), drawn[1::2], drawn[1::2]), scorer=found.scorer)


def test_a_model_that_reads_too_few_answers_is_told() -> None:
    with pytest.raises(ModelError, match=r"shared words could score 29 of 58 answers.* model of their language"):
        estimate(HalfOfTheLanguages(), rows(2 * MIN_ROWS - 2, 5), [])


def test_the_metric_is_told_unless_it_is_refused() -> None:
    windows = history(Spell(35, answers()))
    span = StudySpan(windows.current.start, windows.current.end)
    found = estimate(SharedWords(), rows(200, 4), [])
    study = Study(windows.now, span, (), 200, 0, estimated_relevance=found)
    (line,) = _lines(replace(windows, study=study))
    assert (line.value, line.n, line.raw) == (found.value, 200, None)
    refused = replace(found, agreement=Agreement(0.02, -0.1, 0.14, 200))
    assert not _lines(replace(windows, study=replace(study, estimated_relevance=refused)))


def _lines(windows: Windows) -> list[MetricLine]:
    return [line for line in estimates(Measured(windows)) if line.metric == "estimated_relevance"]
