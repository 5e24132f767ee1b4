"""Checks a broker with confluent-kafka: "check" writes and administers, "read" reads what other clients wrote, "groups" consumes in groups."""

import json
import os
import sys

import administration
import compaction
import groups
import records
import transactions
from checks import say

if sys.argv[1] == "read":
    records.read_others(json.loads(os.environ["CONFORMANCE_TOPICS"]))
elif sys.argv[1] == "groups":
    groups.run()
else:
    records.run()
    administration.run()
    transactions.run()
    compaction.run()
say("done")
sys.stdout.flush()
# a thread that a check left waiting must not keep the process
os._exit(0)
