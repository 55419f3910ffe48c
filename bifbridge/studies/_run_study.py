"""A study from start to end, on whatever executor there is."""

import concurrent.futures
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from bifbridge._errors import BifbridgeError
from bifbridge._progress import progress
from bifbridge.studies._claim import LEASE, is_stale
from bifbridge.studies._execute import execute
from bifbridge.studies._folder import StudyFolder
from bifbridge.studies._spec import Study
from bifbridge.studies._task import Task

#: Seconds between looks at futures that cannot be waited for.
_POLL = 0.5


@dataclass(frozen=True)
class StudyStatus:
    """Where the tasks of a study stand.

    Attributes:
        states: "done", "failed", "running" or "pending" by key, in the order of the study.
        tasks: by key.
        reasons: of the failed ones, by key.

    Example:
        See [Studies](../studies.md): `run_study`.
    """

    states: dict[str, str]
    tasks: dict[str, Task]
    reasons: dict[str, str]

    def count(self, state: str) -> int:
        """How many tasks are in a state.

        Args:
            state: one of the four.

        Returns:
            The number.
        """
        return list(self.states.values()).count(state)

    @property
    def complete(self) -> bool:
        """Whether every task is done."""
        return self.count("done") == len(self.states)

    def __repr__(self) -> str:
        counts = [f"{self.count(x)} {x}" for x in ("done", "failed", "running", "pending")]
        lines = [f"  {self.tasks[key].function} {key[:8]}: {x}" for key, x in self.reasons.items()]
        return "\n".join([f"{len(self.states)} tasks: {', '.join(counts)}", *lines])


def study_status(
    study: Study, folder: str | os.PathLike[str], *, lease: float = LEASE
) -> StudyStatus:
    """Where the tasks of a study stand.

    Args:
        study: the study.
        folder: where its results are, or will be.
        lease: as in `run_study`.

    Returns:
        The status.
    """
    return _status(keyed(study), StudyFolder(folder), lease)


def keyed(study: Study) -> dict[str, Task]:
    """The distinct tasks of a study."""
    return {task.key: task for task in study.tasks}


def run_study(
    study: Study,
    folder: str | os.PathLike[str],
    *,
    executor: Any = None,
    workers: int = 1,
    batch: int = 1,
    retry: bool = False,
    lease: float = LEASE,
) -> StudyStatus:
    """Do every task of a study that has no result yet.

    Several of these may run on one folder at once, on one machine or many: each task is claimed
    before it is computed, and every result is renamed into place whole.

    Args:
        study: the study.
        folder: of its results, shared by all workers.
        executor: has `submit(function, *arguments)` and gives futures with `done()` and
            `result()`: `dask.distributed.Client(…).get_executor()`, a submitit executor, any of
            `concurrent.futures`. None for processes of our own.
        workers: spawned processes; 1 computes in this one. Not with `executor`.
        batch: tasks per submission, for schedulers to whom a job is dear.
        retry: whether tasks that failed before are tried again.
        lease: seconds without a sign of life after which another machine's worker counts as dead.

    Returns:
        How it ended: what failed is in it with its reason, and raises nothing here.

    Raises:
        BifbridgeError: if spawned workers cannot start.
        ValueError: for fewer than one worker or task per batch.

    Example:
        See [Studies](../studies.md).
    """  # noqa: DOC502 (_spawn raises)
    if workers < 1 or batch < 1:
        raise ValueError(f"run_study: got workers={workers} and batch={batch}, expected ≥ 1.")
    place, tasks = StudyFolder(folder), keyed(study)
    place.create()
    if retry:
        for key in tasks:
            place.forget_failure(key)
    todo = [key for key in tasks if place.state(key, lease) == "pending"]
    batches = [[(k, tasks[k]) for k in todo[i : i + batch]] for i in range(0, len(todo), batch)]
    finished = len(tasks) - len(todo)
    with progress(study.name, "tasks", len(tasks), finished) as told:

        def advance(count: int) -> None:
            nonlocal finished
            finished += count
            told(finished)

        if executor is not None:
            _submit(executor, place, batches, lease, advance)
        elif workers == 1:
            for work in batches:
                advance(len(execute(str(place.path), work, lease)))
        else:
            _spawn(workers, place, batches, lease, advance)
    return _status(tasks, place, lease)


Batch = list[tuple[str, Task]]

#: Told how many tasks were finished.
Advance = Callable[[int], None]


def _spawn(
    workers: int, place: StudyFolder, batches: list[Batch], lease: float, advance: Advance
) -> None:
    """Spawned processes, a new pool whenever one of them was killed."""
    while batches and _pooled(workers, place, batches, lease, advance):
        # The pool ends its other workers, too: whose fault it was shows when each is alone.
        pairs = [pair for work in batches for pair in work]
        suspects = [pair for pair in pairs if is_stale(place.claim(pair[0]), lease)]
        for key, task in suspects:
            if _pooled(1, place, [[(key, task)]], lease, advance):
                place.claim(key).unlink(missing_ok=True)
                _blame(place, [(key, task)], "The worker was killed twice on this task.")
        left = [[pair for pair in work if place.is_open(pair[0])] for work in batches]
        left = [work for work in left if work]
        if left == batches:
            raise BifbridgeError(
                "The workers died before they took a task. A script that calls run_study with "
                "workers needs its main part under: if __name__ == '__main__':"
            )
        batches = left


def _pooled(
    workers: int, place: StudyFolder, batches: list[Batch], lease: float, advance: Advance
) -> bool:
    context = multiprocessing.get_context("spawn")  # fork would inherit JAX's threads and Julia
    with concurrent.futures.ProcessPoolExecutor(workers, mp_context=context) as pool:
        return _submit(pool, place, batches, lease, advance)


def _submit(
    executor: Any,
    place: StudyFolder,
    batches: Sequence[Batch],
    lease: float,
    advance: Advance,
) -> bool:
    """Submit all and wait; True if the executor broke on the way."""
    futures: dict[Any, Batch] = {}
    broken = False
    try:
        for work in batches:
            futures[executor.submit(execute, str(place.path), work, lease)] = work
    except BrokenProcessPool:
        broken = True
    for future in _as_completed(list(futures)):
        work = futures[future]
        try:
            future.result()
        except (BrokenProcessPool, concurrent.futures.CancelledError):
            broken = True
            continue
        except Exception as error:
            _blame(place, work, f"The executor gave up: {type(error).__name__}: {error}")
        advance(len(work))
    return broken


def _blame(place: StudyFolder, work: Batch, reason: str) -> None:
    """What no worker lived to write down, as when Dask gives up a task whose workers die."""
    for key, task in work:
        if place.is_open(key):
            place.record_failure(
                key, reason, function=task.function, arguments=dict(task.arguments)
            )


def _as_completed(futures: list[Any]) -> Iterator[Any]:
    if all(isinstance(future, concurrent.futures.Future) for future in futures):
        yield from concurrent.futures.as_completed(futures)
        return
    waiting = futures
    while waiting:
        finished = [future for future in waiting if future.done()]
        yield from finished
        waiting = [future for future in waiting if future not in finished]
        if waiting and not finished:
            time.sleep(_POLL)


def _status(tasks: dict[str, Task], place: StudyFolder, lease: float) -> StudyStatus:
    states = {key: place.state(key, lease) for key in tasks}
    reasons = {
        key: str((place.failure(key) or {}).get("reason"))
        for key, state in states.items()
        if state == "failed"
    }
    return StudyStatus(states, tasks, reasons)
