"""Renders every box's files through the roles' own templates, with no device in reach."""

from giaoban.render.candidate import CandidateFile, RoleTemplates, write_candidate

__all__ = ["CandidateFile", "RoleTemplates", "write_candidate"]
