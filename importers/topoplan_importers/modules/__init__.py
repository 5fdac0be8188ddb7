"""Takes stock of programs: which folder builds one, what it calls itself, whether something runs it.

A folder is a program's when a build file or a Dockerfile lies in it. The root of a repository that holds several
programs is none, nor is any folder whose build file only gathers others.
"""

from topoplan_importers.modules.importer import ModulesImporter

__all__ = ["ModulesImporter"]
