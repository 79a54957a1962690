"""The generated pages of docs/reference, from the code and the roles that they describe."""

from giaoban.docs.pages import PAGES, pages, write_pages

__all__ = ["PAGES", "pages", "write_pages"]
