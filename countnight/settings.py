"""Settings, all from the environment: a council needs none of them, a national night needs two.

DATABASE_URL and REDIS_URL alone move an installation from one embedded process to many; see docs/operations.md.
"""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from countnight.databases import database
from countnight.environment import Environment, redis_address
from countnight.folder import kept_secret_key, private_folder, static_folder
from results.capacity import MOST_FIELDS

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(os.environ)

DATA_DIR = private_folder(Path(env.text("COUNTNIGHT_DATA", str(BASE_DIR / ".data"))).absolute())

DEBUG = env.switch("DEBUG", False)
# Demo mode admits the demo's log-ins, whose passwords are printed on a terminal; everywhere else they are refused.
DEMO = env.switch("COUNTNIGHT_DEMO", False)
# Without TLS (a demo, a hall's own network) secure cookies would never be sent back.
HTTPS = env.switch("COUNTNIGHT_HTTPS", not DEMO)
# The proxy in front overwrites what a client claims about itself (deploy/); without one it must not be believed.
BEHIND_PROXY = env.switch("COUNTNIGHT_BEHIND_PROXY", False)

SECRET_KEY = env.secret("SECRET_KEY") or kept_secret_key(DATA_DIR)
# Keys of before, under which log-ins and the marks of the ledger stay good after SECRET_KEY was changed.
SECRET_KEY_FALLBACKS = env.secrets("SECRET_KEY_FALLBACKS")
# What is known of the ledger outside the database: how far it had come, and how far it was checked (docs/ledger.md).
AUDIT_DIR = DATA_DIR / "audit"
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")

# Addresses of pages, scripts and sockets begin at the root of a host name (docs/operations.md).
for _name in ("SCRIPT_NAME", "FORCE_SCRIPT_NAME"):
    env.absent(_name, "countnight is served at the root of a name of its own, not below a path; leave it away")

INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "channels",
    "results",
]

MIDDLEWARE = [
    "countnight.middleware.rehearsals",
    "countnight.middleware.operators",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "countnight.middleware.Unavailable",
    "countnight.middleware.without_nul",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "countnight.middleware.prolong",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "countnight.urls"
ASGI_APPLICATION = "countnight.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ],
            "builtins": ["results.templatetags.display", "results.templatetags.words"],
        },
    }
]

# --- the database ---------------------------------------------------------------------------------------------------

DATABASES = {"default": database(env.text("DATABASE_URL"), DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Four keep two cores busy; more of them only wait for each other (bin/bench entry).
REQUEST_THREADS = env.integer("REQUEST_THREADS", 4, 1, 64)

# --- the live path ---------------------------------------------------------------------------------------------------


def channel_layer(url: str) -> dict[str, Any]:
    """Channels' settings: hints through this Redis, or within the process where there is none."""
    if not url:
        return {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}
    host = {
        "address": url,
        "socket_connect_timeout": 2,
        # redis-py 8 would drop a subscription that is idle for five seconds.
        "socket_timeout": None,
        # Where a keepalive fails, Python 3.11 raises TimeoutError, which redis-py takes for "nothing yet", and channels-redis
        # asks again, for ever and without a pause. Who is silent is noticed by results/live/broadcast.py.
        "socket_keepalive": False,
    }
    return {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [host], "prefix": "countnight"},
    }


REDIS_URL = redis_address("REDIS_URL", env.text("REDIS_URL"))
CHANNEL_LAYERS: dict[str, Any] = {"default": channel_layer(REDIS_URL)}
LIVE_TICK_SECONDS = env.seconds("LIVE_TICK_SECONDS", 0.25, 0.001, 60)
LIVE_SWEEP_SECONDS = env.seconds("LIVE_SWEEP_SECONDS", 2.0, 0.1, 3600)
LIVE_MAX_VIEWERS = env.integer("LIVE_MAX_VIEWERS", 20_000, 0, 1_000_000)
# Without lines pages only ask for updates, which caches in front answer: for more readers than all processes can hold.
LIVE_LINES = env.switch("LIVE_LINES", True)
LIVE_POLL_SECONDS = env.seconds("LIVE_POLL_SECONDS", 2.0, 0.1, 600)
# Whoever shows it may read /metrics from another machine; without it only this machine may.
METRICS_TOKEN = env.text("METRICS_TOKEN")

# --- people ----------------------------------------------------------------------------------------------------------

# Of what guessers have to pay, memory is what their machines have least of.
PASSWORD_HASHERS = ["results.people.hashing.PassPhraseHasher"]
AUTHENTICATION_BACKENDS = ["results.people.accounts.CountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk:contests"
LOGOUT_REDIRECT_URL = "login"
# A count lasts a night and a morning: nobody is logged out in the middle of a sheet.
SESSION_COOKIE_AGE = env.integer("SESSION_COOKIE_AGE", 18 * 3600, 3600, 30 * 86400)
SESSION_COOKIE_NAME = "countnight_session"
CSRF_COOKIE_NAME = "countnight_csrf"
CSRF_FAILURE_VIEW = "results.desk.screens.csrf_failure"

# --- security --------------------------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
# Asked by this machine's own supervisors, which speak to the process and not to the proxy.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "accelerometer", "gyroscope")
}
# What loads can be entered: the readers of set-up files know the same numbers.
DATA_UPLOAD_MAX_NUMBER_FIELDS = MOST_FIELDS
DATA_UPLOAD_MAX_MEMORY_SIZE = 262_144

# --- pages -----------------------------------------------------------------------------------------------------------

# From the root: rehearsals have their addresses below a path, and the same scripts and styles.
STATIC_URL = "/static/"
STATIC_ROOT = static_folder(Path(env.text("STATIC_ROOT", str(DATA_DIR / "static"))).absolute())
# A proxy of another user reads them.
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
LANGUAGE_CODE = "en-gb"
USE_I18N = True
TIME_ZONE = "Europe/London"
USE_TZ = True

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.choice("LOG_LEVEL", "WARNING", _LEVELS)},
    "loggers": {
        "results": {"level": env.choice("LOG_LEVEL", "INFO", _LEVELS)},
        # Whoever asks for another name is told so; a page of the log for each would only hide what matters.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
