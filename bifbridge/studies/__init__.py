"""Many computations, stored and resumed, on one machine or many."""

from bifbridge.studies._collect import collect as collect
from bifbridge.studies._collect import load_result as load_result
from bifbridge.studies._collect import to_csv as to_csv
from bifbridge.studies._folder import StudyFolder as StudyFolder
from bifbridge.studies._run_study import StudyStatus as StudyStatus
from bifbridge.studies._run_study import run_study as run_study
from bifbridge.studies._run_study import study_status as study_status
from bifbridge.studies._spec import Study as Study
from bifbridge.studies._spec import read_study as read_study
from bifbridge.studies._task import Task as Task
from bifbridge.studies._task import task as task
