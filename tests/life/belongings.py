"""What is in a database: its schema, and the rows of all its tables."""

import re

from devenv import database, postgres

_TABLES = """
    SELECT oid::regclass::text FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
# Whoever writes a row changes these, and they say nothing of what it holds.
_ROWS = """
    SELECT row ->> 'id', (row - 'write_date' - 'write_uid')::text
      FROM (SELECT row_to_json(t)::jsonb AS row FROM {} AS t) AS rows
"""

# A model that is only extended has an external id of each module: the first one counts.
_WORDS = """
    WITH first AS (
        SELECT DISTINCT ON (model, res_id) model, res_id, module
          FROM ir_model_data WHERE model IN ('ir.model', 'ir.model.fields')
      ORDER BY model, res_id, id
    ), own AS (
        SELECT ir_model.id, ir_model.model FROM ir_model
          JOIN first ON first.model = 'ir.model' AND first.res_id = ir_model.id
         WHERE first.module = %s
    )
    SELECT model FROM own
    UNION
    SELECT field.name FROM ir_model_fields AS field
      JOIN first ON first.model = 'ir.model.fields' AND first.res_id = field.id
     WHERE first.module = %s AND field.model_id NOT IN (SELECT id FROM own)
"""


def schema(name: str) -> set[str]:
    """:return: the statements that make its tables, constraints, indexes, functions and more."""
    return set(postgres.dump(name, "--schema-only", "--no-comments").split(";\n"))


def rows(name: str) -> dict[str, str]:
    """:return: every row of every table, as JSON; the key is its table and its id."""
    return {
        f"{table}: {key or row}": row
        for (table,) in database.run(name, _TABLES)
        for key, row in database.run(name, _ROWS.format(table))
    }


def words(name: str, module: str) -> set[str]:
    """:return: an installed module's name, its models, and the fields it adds to other models."""
    return {module, *(word for (word,) in database.run(name, _WORDS, module, module))}


def mentions(words: set[str], text: str) -> bool:
    """Whether one of the words is there, however it is joined to others."""
    any_of_them = "|".join(re.escape(word).replace(r"\.", "[._]") for word in words)
    return bool(re.search(rf"(?<![a-z0-9])({any_of_them})(?![a-z0-9])", text))
