"""A relay that makes a server on loopback as far away as one across a country.

Each way takes half of the round trip, and a new connection waits one round trip more, as TCP's
handshake would (loopback's own is over at once). Run as ``python distant.py PORT SECONDS``.
"""

import asyncio
import contextlib
import sys


async def _carry(reader, writer, seconds: float, first: float = 0) -> None:
    """Pass on what comes, each piece that much later, without holding up the next one."""
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue = asyncio.Queue()

    async def read():
        while piece := await reader.read(65536):
            pieces.put_nowait((loop.time() + seconds + first, piece))
        pieces.put_nowait((loop.time() + seconds, b""))

    reading = asyncio.create_task(read())
    with contextlib.suppress(OSError):
        while True:
            due, piece = await pieces.get()
            await asyncio.sleep(due - loop.time())
            if not piece:
                break
            writer.write(piece)
            await writer.drain()
            first = 0
        writer.write_eof()
    reading.cancel()


def _relay(port: int, round_trip: float):
    async def serve(reader, writer):
        far_reader, far_writer = await asyncio.open_connection("localhost", port)
        await asyncio.gather(
            _carry(reader, far_writer, round_trip / 2, first=round_trip),
            _carry(far_reader, writer, round_trip / 2),
            return_exceptions=True,
        )
        for each in (far_writer, writer):
            each.close()

    return serve


async def main(port: int, round_trip: float) -> None:
    relay = await asyncio.start_server(_relay(port, round_trip), "localhost", 0, backlog=512)
    print(f"listening on https://localhost:{relay.sockets[0].getsockname()[1]}", flush=True)
    await relay.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
