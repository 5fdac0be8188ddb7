"""Change rates and breaking changes from version control, behind a small protocol."""

from topoplan.history.checkout import Checkout, revision
from topoplan.history.files import last_changes
from topoplan.history.git import GitCommand, GitError, GitRunner
from topoplan.history.reading import read_history

__all__ = ["Checkout", "GitCommand", "GitError", "GitRunner", "last_changes", "read_history", "revision"]
