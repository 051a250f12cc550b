"""What Alembic runs: the revisions of the ledger at the path that `governance.ledger.schema` hands over."""

from alembic import context

from governance.ledger.tables import engine

made = engine(context.config.attributes["ledger"])
with made.connect() as connection:
    context.configure(connection=connection, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
made.dispose()
