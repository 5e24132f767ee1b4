"""Runs checks in turn, prints a line for each, and lets none of them wait for ever."""

import re
import sys
import threading
import traceback

from confluent_kafka import KafkaException

BOUND_SECONDS = 60


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def one_line(failure):
    text = f"{type(failure).__name__}: {failure}"
    return re.sub(r"\s+", " ", text)[:600]


def check(name, body):
    outcome = []

    def run():
        try:
            body()
            outcome.append(None)
        except BaseException as failure:  # a check fails by raising anything
            traceback.print_exc()
            outcome.append(failure)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(BOUND_SECONDS)
    if not outcome:
        say(f"not ok {name}: still waiting after {BOUND_SECONDS} s")
    elif outcome[0] is None:
        say(f"ok {name}")
    else:
        say(f"not ok {name}: {one_line(outcome[0])}")


def equal(what, actual, expected):
    if actual != expected:
        raise AssertionError(f"{what}: expected {expected!r:.200}, got {actual!r:.200}")


def holds(what, condition):
    if not condition:
        raise AssertionError(f"not so: {what}")


def fails(code, body):
    """The body raises a KafkaException with exactly this error code."""
    try:
        body()
    except KafkaException as failure:
        equal("error", failure.args[0].name(), code)
        return
    raise AssertionError(f"expected {code}, but it succeeded")
