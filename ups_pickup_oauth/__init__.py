from . import access_log, controllers, models
from .hooks import uninstall_hook

access_log.install()
