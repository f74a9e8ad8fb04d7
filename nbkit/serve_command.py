"""`nbkit serve`: the simulated Messages API over HTTP, for programs that are to be tested against it."""

from __future__ import annotations

import argparse
import gc
import logging
import sys

from nbkit.errors import UsageError

PORT = 8377
ANY_KEY = "sk-ant-simulated"

DESCRIPTION = """\
Serve the simulated Messages API over HTTP: the wire and the rules of the real one, no network, no bill.
Point ANTHROPIC_BASE_URL at the address that is printed. Ctrl-C stops it.

A scenario says what is answered: one of --list, or a file of your own, YAML or Python (which is run). For
one request name one in the header x-nbkit-scenario, and faults in x-nbkit-fault.
"""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options to those of `nbkit`."""
    serving = commands.add_parser(
        "serve",
        help="serve the simulated Messages API over HTTP",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    serving.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1, this machine only)"
    )
    serving.add_argument(
        "--port", type=_port, default=PORT, help=f"the port (default: {PORT}; 0 takes any that is free)"
    )
    serving.add_argument(
        "--key", metavar="KEY", help="let only this key pass (default: any that has no `invalid` in it)"
    )
    serving.add_argument(
        "--seed", type=int, default=0, metavar="N", help="another seed, other replies and ids (default: 0)"
    )
    serving.add_argument(
        "--scenario", metavar="FILE|NAME", help="what to answer; where it has nothing, the usual is said"
    )
    serving.add_argument(
        "--list", action="store_true", help="list the scenarios and the faults that there are, and end"
    )
    serving.add_argument(
        "--journal",
        action="store_true",
        help="keep what comes in, without keys: GET /_nbkit/requests shows it with what is wrong in it",
    )


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    if options.list:
        return _list()
    gc.disable()  # imports make much, and nothing of it goes again
    from nbkit.sim.api import messages_api  # noqa: F401  # what is asked for first
    from nbkit.sim.server import bound, serve, url_of
    from nbkit.sim.simulator import Simulator

    gc.freeze()
    gc.enable()
    if options.key is not None:
        _check_key(options.key)
    simulator = Simulator(options.seed, key=options.key, scenario=options.scenario, journal=options.journal)
    log, handler = logging.getLogger("nbkit"), _OneLine(sys.stderr)
    log.addHandler(handler)
    try:
        with bound(options.host, options.port) as listener:
            serve(simulator, listener, lambda: _announce(url_of(listener), options))
    except KeyboardInterrupt:  # before the server took over
        pass
    finally:
        log.removeHandler(handler)
    return 0


def _list() -> int:
    from nbkit.sim.faults import fault_kinds
    from nbkit.sim.scenario import scenario

    print("Scenarios, for --scenario NAME or, for one request, the header x-nbkit-scenario: NAME\n")
    print("\n".join(scenario.listing()))
    print("\nFaults, in a scenario or for one request: x-nbkit-fault: ping; count=9, overloaded; after=3\n")
    print("\n".join(fault_kinds.listing()))
    return 0


def _announce(url: str, options: argparse.Namespace) -> None:
    key = "" if options.key else f" ANTHROPIC_API_KEY={ANY_KEY}"
    note = "  # and the key of --key as ANTHROPIC_API_KEY" if options.key else ""
    print(f"The simulated Messages API is at {url} (Ctrl-C stops it).")
    print(f"  export ANTHROPIC_BASE_URL={url}{key}{note}")
    if options.journal:
        key = "YOUR_KEY" if options.key else ANY_KEY
        print(f'  curl -H "x-api-key: {key}" -H "accept: text/plain" {url}/_nbkit/requests')
    sys.stdout.flush()
    if not _is_loopback(options.host):
        who = "who has the key" if options.key else "everybody; --key KEY lets only one key pass"
        print(f"nbkit: {options.host} can be reached from beyond this machine, by {who}", file=sys.stderr)


def _is_loopback(host: str) -> bool:
    if host in ("127.0.0.1", "localhost", "::1"):
        return True
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_key(key: str) -> None:
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError("--key takes a key that fits in a header: printable ASCII, without spaces")
    if "invalid" in key:
        raise UsageError("a key with `invalid` in it is always refused; name another with --key")


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {port}")
    return port


class _OneLine(logging.StreamHandler):  # type: ignore[type-arg]
    """What goes wrong inside is one line that can be reported, not a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        from nbkit.sim.asgi import told

        error = record.exc_info[1] if record.exc_info else None
        place = f" ({told(error)})" if error else ""
        return f"nbkit: {record.getMessage()}{place}"
