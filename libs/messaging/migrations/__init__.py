"""The embedded log's tables."""

from pathlib import Path

from sqlalchemy import Connection

from libs.eventstore.migrations import run_script


def create_log(connection: Connection) -> None:
    run_script(connection, Path(__file__).with_name("log.sql"), app="broker_app")


def build_walls(connection: Connection) -> None:
    run_script(connection, Path(__file__).with_name("walls.sql"), app="broker_app")
