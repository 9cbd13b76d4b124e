"""`make contact`: what we assume of UPS, asked of UPS's test system."""


def main() -> int:
    from tests.contact import run  # only here: it loads both clients and the simulator

    return run.main()
