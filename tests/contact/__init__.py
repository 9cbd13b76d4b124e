"""`make contact`, in plain Python."""

from tests import plain_python  # what the modules here import
