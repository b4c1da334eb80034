"""Settings, all from the environment: a council needs none of them, a national night needs two.

DATABASE_URL and REDIS_URL alone move an installation from one embedded process to many; see docs/operations.md.
"""

import os
import secrets
import sqlite3
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("COUNTNIGHT_DATA", default=str(BASE_DIR / ".data")))

DEBUG = env.bool("DEBUG", default=False)
# Demo mode admits the demo's log-ins, whose passwords are printed on a terminal; everywhere else they are refused.
DEMO = env.bool("COUNTNIGHT_DEMO", default=False)
# Without TLS (a demo, a hall's own network) secure cookies would never be sent back.
HTTPS = env.bool("COUNTNIGHT_HTTPS", default=not DEMO)


def _kept_secret_key() -> str:
    """The installation's secret key: made on first use and kept in a file that only its owner can read."""
    path = DATA_DIR / "secret_key"
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(60))
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

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
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
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

# The releases whose WAL mode carries the fix of the WAL-reset bug; with any other, DELETE is the mode that loses nothing.
_WAL_FIXED = ((3, 44, 6), (3, 45, 0)), ((3, 50, 7), (3, 51, 0)), ((3, 51, 3), (4, 0, 0))


def sqlite_journal_mode(version: tuple[int, ...]) -> str:
    """The journal mode that is safe on this version of SQLite: "WAL" or "DELETE"."""
    return "WAL" if any(low <= version < high for low, high in _WAL_FIXED) else "DELETE"


def database(url: str) -> dict[str, Any]:
    """Django's database settings for an address, with what the ledger relies on: durable commits, no lock upgrades."""
    settings: dict[str, Any] = dict(environ.Env.db_url_config(url))
    options = settings.setdefault("OPTIONS", {})
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE: a transaction that means to write takes the write lock first, never by an upgrade that can deadlock.
        options["transaction_mode"] = "IMMEDIATE"
        options["timeout"] = 20
        journal = sqlite_journal_mode(sqlite3.sqlite_version_info)
        options["init_command"] = f"PRAGMA journal_mode={journal}; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        settings.setdefault("TEST", {})["NAME"] = str(DATA_DIR / "test.sqlite3")
    else:
        settings["CONN_HEALTH_CHECKS"] = True
        # A server that vanished without a word is given up in seconds, not when TCP does after a quarter of an hour.
        for name, value in {
            "connect_timeout": 5,
            "tcp_user_timeout": 10_000,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
        }.items():
            options.setdefault(name, value)
    # Requests run on a few threads that are kept (countnight/handler.py), and each keeps its connection.
    settings["CONN_MAX_AGE"] = None
    settings["ATOMIC_REQUESTS"] = False
    return settings


DATABASES = {"default": database(env.str("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'countnight.sqlite3'}")}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Four keep two cores busy; more of them only wait for each other (bin/bench entry).
REQUEST_THREADS = env.int("REQUEST_THREADS", default=4)

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


REDIS_URL = env.str("REDIS_URL", default="")
CHANNEL_LAYERS: dict[str, Any] = {"default": channel_layer(REDIS_URL)}
LIVE_TICK_SECONDS = env.float("LIVE_TICK_SECONDS", default=0.25)
LIVE_SWEEP_SECONDS = env.float("LIVE_SWEEP_SECONDS", default=2.0)
LIVE_MAX_VIEWERS = env.int("LIVE_MAX_VIEWERS", default=20_000)
# Without lines pages only ask for updates, which caches in front answer: for more readers than all processes can hold.
LIVE_LINES = env.bool("LIVE_LINES", default=True)
LIVE_POLL_SECONDS = env.float("LIVE_POLL_SECONDS", default=2.0)
# Whoever shows it may read /metrics from another machine; without it only this machine may.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- people ----------------------------------------------------------------------------------------------------------

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
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=18 * 3600)
SESSION_COOKIE_NAME = "countnight_session"
CSRF_COOKIE_NAME = "countnight_csrf"
CSRF_FAILURE_VIEW = "results.desk.views.csrf_failure"

# --- security --------------------------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
# Asked by this machine's own supervisors, which speak to the process and not to the proxy.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# The proxy in front overwrites this header (deploy/); without one it must not be believed.
if env.bool("COUNTNIGHT_BEHIND_PROXY", default=False):
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
# A form of a count is a few dozen short fields; more than that is not an officer.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_MEMORY_SIZE = 262_144

# --- pages -----------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
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

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {"results": {"level": env.str("LOG_LEVEL", default="INFO")}},
}
