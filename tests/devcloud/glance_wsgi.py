import sys
import threading

from oslo_log import log
from sqlalchemy import event
from sqlalchemy.engine import Engine

from glance.common import property_utils
from glance.common.wsgi_app import init_app


# Where eventlet is merely imported, oslo.log gives every log handler a lock of eventlet's. Glance runs in native threads
# here: two that log at the same moment lose the lock between them, and from then on every request hangs.
log._fix_eventlet_logging = lambda: None


# SQLite fails a transaction that has read and goes on to write with "database is locked", at once, when another
# writer came between. Taking the write lock at BEGIN makes writers queue. Keystone must not do this: it opens a
# second connection inside a transaction and would wait for itself.
@event.listens_for(Engine, "before_cursor_execute", retval=True)
def begin_immediate(conn, cursor, statement, parameters, context, executemany):
    return ("BEGIN IMMEDIATE" if statement == "BEGIN" else statement), parameters


# Glance reads its property protections anew for every request into one parser that all threads share.
_lock, _load_rules = threading.Lock(), property_utils.PropertyRules._load_rules


def load_rules(self):
    with _lock:
        return _load_rules(self)


property_utils.PropertyRules._load_rules = load_rules

# Glance's plugins start Python programs by the name of the one they run in, which here is uWSGI's.
sys.executable = "/usr/bin/python3"

application = init_app()
