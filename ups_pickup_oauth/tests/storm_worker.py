"""One Odoo process of a storm: many threads that want one company's token at once.

Run by test_token_storm as ``python storm_worker.py CONFIG DATABASE COMPANY_ID THREADS MODE``.
It says `ready`, waits for a line, and prints a token or an error's name for each thread.
"""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def main(config_file, database, company_id, threads, mode):
    config.parse_config(["-c", config_file, "-d", database])
    registry, threads = Registry(database), int(threads)
    at_once = threading.Barrier(threads + 1)

    def want_token(_number):
        with registry.cursor() as cr:
            company = api.Environment(cr, SUPERUSER_ID, {})["res.company"].browse(int(company_id))
            company.ups_authorization_state  # noqa: B018 the transaction has begun, as a caller's has
            at_once.wait()
            if mode == "write":
                company.email = f"{threading.get_ident()}@example.com"
                company.flush_recordset()
            try:
                return company._ups_get_access_token()
            except Exception as error:
                return type(error).__name__
            finally:
                cr.rollback()  # whatever the caller does next changes nothing

    with ThreadPoolExecutor(threads) as pool:
        results = [pool.submit(want_token, number) for number in range(threads)]
        say("ready")
        sys.stdin.readline()
        at_once.wait()
        say(json.dumps([result.result() for result in results]))


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
