"""One Odoo process of a storm: many threads that request one pickup at once.

Run by test_storm as ``python storm_worker.py CONFIG DATABASE PICKUP_ID USER_ID THREADS``.
It says `ready`, waits for a line, and prints what each thread's user is told.
"""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config


def main(config_file, database, pickup_id, user_id, threads):
    config.parse_config(["-c", config_file, "-d", database])
    registry, threads = Registry(database), int(threads)
    at_once = threading.Barrier(threads + 1)

    def click(_number):
        with registry.cursor() as cr:
            pickup = api.Environment(cr, int(user_id), {})["ups.pickup"].browse(int(pickup_id))
            pickup.state  # noqa: B018 the transaction has begun, as a caller's has
            at_once.wait()
            try:
                return pickup.action_request()["params"]["message"]
            except Exception as error:
                return f"{type(error).__name__}: {error}"
            finally:
                cr.rollback()  # whatever the caller does next changes nothing

    with ThreadPoolExecutor(threads) as pool:
        results = [pool.submit(click, number) for number in range(threads)]
        say("ready")
        sys.stdin.readline()
        at_once.wait()
        say(json.dumps([result.result() for result in results]))


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
