import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "psi_portal.settings")
application = get_wsgi_application()

# What is loaded now stays for good. Searched for garbage again and again while pages are written, it made one
# answer in twenty take three times as long as the others.
import_module("psi_portal.urls")  # views, forms and what they import
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
