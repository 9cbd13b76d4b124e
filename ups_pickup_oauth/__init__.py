from . import access_log, call_log, controllers, models
from .hooks import uninstall_hook

access_log.install()
call_log.install()
