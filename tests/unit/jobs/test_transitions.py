"""The queue's rules: which states follow which, who may stop a job, when the queue is full."""

from dataclasses import replace
from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.errors import (
    FanchartError,
    JobCancelled,
    JobFailed,
    JobTimedOut,
    NotYourJob,
    QueueFull,
    WorkerLost,
)
from forecasting.jobs import transitions
from forecasting.types.job_records import Job, JobState, Progress
from tests.factories import NOW

QUEUED = Job(3, "train", "AAPL", "queued", (7,), NOW)
RUNNING = replace(QUEUED, state="running", started_at=NOW, attempts=1, progress=Progress("training", 2, 9))
STATES: tuple[JobState, ...] = get_args(JobState)
LEGAL = {
    ("queued", "running"),
    ("queued", "cancelled"),
    ("running", "queued"),
    ("running", "done"),
    ("running", "failed"),
    ("running", "cancelled"),
}


@pytest.mark.parametrize(("before", "after"), [pair for pair in product(STATES, STATES) if pair not in LEGAL])
def test_no_other_state_follows(before: JobState, after: JobState) -> None:
    with pytest.raises(JobFailed, match=f"is {before}, so it cannot become {after}"):
        transitions.step(replace(QUEUED, state=before), after, NOW)


def test_a_start_counts_as_an_attempt() -> None:
    assert transitions.step(QUEUED, "running", NOW) == replace(RUNNING, progress=Progress("starting"))


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_an_end_keeps_when_and_why(state: JobState) -> None:
    assert transitions.step(RUNNING, state, NOW, "Because.") == replace(
        RUNNING, state=state, ended_at=NOW, message="Because."
    )


def test_a_job_that_waits_anew_has_not_started() -> None:
    waiting = transitions.step(RUNNING, "queued", NOW)
    assert (waiting.started_at, waiting.progress, waiting.attempts) == (None, Progress("queued"), 1)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (JobCancelled("It was stopped."), "cancelled"),
        (JobTimedOut("Too long."), "failed"),
        (JobFailed("Rain."), "failed"),
        (FanchartError("Rain."), "failed"),
        (WorkerLost("It died."), "queued"),
    ],
)
def test_what_an_error_makes_of_a_job(error: FanchartError, state: JobState) -> None:
    after = transitions.after_error(RUNNING, error, NOW)
    assert (after.state, after.message) == (state, str(error))


def test_a_worker_that_is_lost_twice_fails_the_job() -> None:
    assert transitions.after_error(replace(RUNNING, attempts=2), WorkerLost("It died."), NOW).state == "failed"


def test_a_restart_leaves_a_waiting_job_as_it_is() -> None:
    assert transitions.after_restart(QUEUED, NOW) == QUEUED


def test_a_restart_lets_a_running_job_wait_anew() -> None:
    assert transitions.after_restart(RUNNING, NOW).state == "queued"


def test_a_job_that_was_interrupted_three_times_fails_and_says_so() -> None:
    failed = transitions.after_restart(replace(RUNNING, attempts=3), NOW)
    assert failed.state == "failed"
    assert "interrupted 3 times" in failed.message


def test_people_join_once_and_leave() -> None:
    both = transitions.joined(transitions.joined(QUEUED, 8), 8)
    assert both.asked_by == (7, 8)
    assert transitions.left(both, 7).asked_by == (8,)
    assert transitions.left(QUEUED, 99) == QUEUED


def test_the_same_work_is_kind_symbol_and_options() -> None:
    tuned = replace(QUEUED, id=4, kind="tune", options={"a": "1", "b": "2"})
    jobs = (QUEUED, tuned)
    assert transitions.same_work(jobs, "train", "AAPL", {}) is QUEUED
    assert transitions.same_work(jobs, "tune", "AAPL", {"b": "2", "a": "1"}) is tuned
    assert transitions.same_work(jobs, "tune", "AAPL", {}) is None
    assert transitions.same_work(jobs, "train", "MSFT", {}) is None


def test_there_is_room_up_to_the_limits() -> None:
    limits = transitions.Limits(in_all=3, per_person=2)
    transitions.require_room([QUEUED, replace(QUEUED, asked_by=(8,))], 7, limits)
    with pytest.raises(QueueFull, match="2 jobs of yours"):
        transitions.require_room([QUEUED, replace(QUEUED, asked_by=(8, 7))], 7, limits)
    with pytest.raises(QueueFull, match="3 jobs wait or run"):
        transitions.require_room([QUEUED] * 3, 8, limits)


def test_only_askers_and_admins_have_a_say() -> None:
    transitions.require_asker(QUEUED, 7, is_admin=False)
    transitions.require_asker(QUEUED, 8, is_admin=True)
    with pytest.raises(NotYourJob, match="Job 3 is somebody else's"):
        transitions.require_asker(QUEUED, 8, is_admin=False)


@given(st.lists(st.sampled_from(["start", "lost", "restart", "fail", "stop"]), max_size=30))
def test_no_job_is_started_for_ever(events: list[str]) -> None:
    job = QUEUED
    errors = {"lost": WorkerLost("It died."), "fail": JobFailed("Rain."), "stop": JobCancelled("It was stopped.")}
    for event in events:
        if event == "restart":
            job = transitions.after_restart(job, NOW)
        elif event == "start" and job.state == "queued":
            job = transitions.step(job, "running", NOW)
        elif event in errors and job.state == "running":
            job = transitions.after_error(job, errors[event], NOW)
        assert job.attempts <= transitions.MAX_ATTEMPTS
        assert (job.ended_at is not None) == (job.state not in transitions.OPEN)
