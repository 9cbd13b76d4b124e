"""An Odoo process of a storm: many threads click on one pickup, or one child for each pickup dies.

Run by test_storm as ``python storm_worker.py CONFIG DATABASE USER_ID THREADS_OR_0 PICKUP_ID…``.
It says `ready`, waits for a line, and prints what each thread's user is told of Request, Price
and Request; or, with no threads, how each child ended: by SIGKILL, each before another of the
statements that follow UPS's answer.
With `batch` instead of threads it runs the cron of the batches.
"""

import itertools
import json
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

STATEMENTS = 32
"""More than follow UPS's answer: the last children live on."""


def main(config_file, database, user_id, threads, *pickup_ids):
    config.parse_config(["-c", config_file, "-d", database])
    registry, ids = Registry(database), [int(each) for each in pickup_ids]

    def click(pickup_id, action="action_request", begun=lambda: None):
        with registry.cursor() as cr:
            pickup = api.Environment(cr, int(user_id), {})["ups.pickup"].browse(pickup_id)
            pickup.state  # noqa: B018 the transaction has begun, as a caller's has
            begun()
            try:
                return getattr(pickup, action)()["params"]["message"]
            except Exception as error:
                return f"{type(error).__name__}: {error}"
            finally:
                cr.rollback()  # whatever the caller does next changes nothing

    if threads == "batch":
        say("ready")
        sys.stdin.readline()
        with registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["ups.pickup.batch"]._cron_request()
        say(json.dumps("done"))
    elif threads == "0":
        say("ready")
        sys.stdin.readline()
        say(json.dumps(ends_of_children(click, ids)))
    else:
        for action in ("action_request", "action_price", "action_request"):
            storm(click, ids[0], action, int(threads))


def storm(click, pickup_id, action, threads):
    at_once = threading.Barrier(threads + 1)
    with ThreadPoolExecutor(threads) as pool:
        results = [pool.submit(click, pickup_id, action, at_once.wait) for _each in range(threads)]
        say("ready")
        sys.stdin.readline()
        at_once.wait()
        say(json.dumps([result.result() for result in results]))


def ends_of_children(click, ids):
    """:return: the signals that ended them, 0 where a child lived on."""
    sql_db.close_all()  # no two processes on one connection
    running, ends = {}, {}
    for number, pickup_id in enumerate(ids):
        if len(running) == 4:
            wait_for_one(running, ends)
        child = os.fork()
        if not child:
            die_before_statement(number % STATEMENTS)
            click(pickup_id)
            os._exit(0)
        running[child] = number
    while running:
        wait_for_one(running, ends)
    return [ends[number] for number in range(len(ids))]


def wait_for_one(running, ends):
    child, status = os.wait()
    ends[running.pop(child)] = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def die_before_statement(number):
    """Let this process be killed before a statement, or a commit, that follows UPS's answer."""
    ups_pickup_request = sys.modules["odoo.addons.ups_pickup.models.ups_pickup_request"]
    send, ahead, answered = ups_pickup_request.request_pickup, itertools.count(), []

    def answer(*asked):
        outcome = send(*asked)
        answered.append(outcome)
        return outcome

    def before(work):
        def work_or_die(*args, **kwargs):
            if answered and next(ahead) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return work(*args, **kwargs)

        return work_or_die

    ups_pickup_request.request_pickup = answer
    for name in ("execute", "commit"):
        setattr(sql_db.Cursor, name, before(getattr(sql_db.Cursor, name)))


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
