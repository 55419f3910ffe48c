"""The student-teacher run: a network learns, bifurcates, and its collapse is predicted."""

from bifbridge.studies.student_teacher._config import StudentTeacherConfig as StudentTeacherConfig
from bifbridge.studies.student_teacher._config import read_config as read_config
from bifbridge.studies.student_teacher._folder import RunFolder as RunFolder
from bifbridge.studies.student_teacher._folder import open_run_folder as open_run_folder
from bifbridge.studies.student_teacher._run import run_student_teacher as run_student_teacher
from bifbridge.studies.student_teacher._store import KIND as KIND
from bifbridge.studies.student_teacher._store import SCHEMA_VERSION as SCHEMA_VERSION
