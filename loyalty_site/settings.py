"""Settings, read from the environment. Secure unless DEBUG says otherwise.

Production refuses to start without SECRET_KEY and ALLOWED_HOSTS. `.env.example` lists every variable.
"""

from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _
from environs import Env

from loyalty_site import broker, logs, relay, schedule

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
DEBUG = env.bool("DEBUG", False)
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / ".data")))


def _secret(name: str) -> str:
    """A secret from NAME, or from the file that NAME_FILE names (as container secrets are mounted)."""
    if path := env.str(f"{name}_FILE", ""):
        return Path(path).read_text().strip()
    return env.str(name, "")


SECRET_KEY = _secret("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY (or SECRET_KEY_FILE) to a long random string.")
# After a change of the key: the ones before it, so that sessions and kept answers stay readable.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the host names of this site, separated by commas.")
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
SETUP_TOKEN = env.str("SETUP_TOKEN", "")
# Where members reach the site: links in messages begin with it. Not given: the first of the hosts, by https.
SITE_URL = (env.str("SITE_URL", "") or f"https://{ALLOWED_HOSTS[0].lstrip('.*')}").rstrip("/")

INSTALLED_APPS = [
    "modeltranslation",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "loyalty_site.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "phonenumber_field",
    "csp",
    "django_structlog",
    "core",
    "access",
    "members",
    "sales",
    "messaging",
    "points",
    "tiers",
    "rewards",
    "campaigns",
    "pos",
    "care",
    "portal",
    "insights",
    "loyalty_site",
]

MIDDLEWARE = [
    "loyalty_site.middleware.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "loyalty_site.middleware.RequestIdMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Tills pass by what follows: it is for browsers.
    "loyalty_site.middleware.TillMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.ProgrammeMiddleware",
    "access.middleware.StaffPagesMiddleware",
    "portal.middleware.TroubleMiddleware",
]

ROOT_URLCONF = "loyalty_site.urls"
WSGI_APPLICATION = "loyalty_site.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "portal.context_processors.programme",
            ],
        },
    },
]

# Database. Persistent connections are worth a factor of five in requests per second.
DATABASES = {
    "default": env.dj_db_url(
        "DATABASE_URL", "postgres://loyalty@localhost/loyalty", conn_max_age=None, conn_health_checks=False
    )
}
# Our statements are many and short. Just-in-time compilation, which PostgreSQL has on by default where it was built
# with LLVM, takes half a second each time it believes one to be long.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
if suffix := env.str("TEST_DB_SUFFIX", ""):
    DATABASES["default"]["TEST"] = {"NAME": f"test_changke{suffix}"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis or Valkey: carries work and counters, never the only copy of anything.
REDIS_URL = env.str("REDIS_URL", "redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "changke",
    }
}

CELERY_BROKER_URL = broker.broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Ten times the longest task: a shorter time would run a slow task twice at once.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 1200, "health_check_interval": 15, "socket_keepalive": True}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = schedule.beat_schedule()
# Kept in memory: jobs find their work in the database, and a file cut short by a full disk would hang beat for ever.
CELERY_BEAT_SCHEDULER = "celery.beat.Scheduler"

# People
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "portal.adapter.MemberBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = ["access.hashers.Argon2", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PHONENUMBER_DB_FORMAT = "E164"

# Signing in. Members get a code of six digits, sent to their phone or e-mail, and have no password. A code may be
# tried three times; so few may be asked for one address that guessing one takes decades. Staff: see access.
ACCOUNT_ADAPTER = "portal.adapter.PortalAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip,100/h/ip,3/m/key,10/h/key,20/d/key"}
ACCOUNT_SESSION_REMEMBER = True
# Limits count by the visitor's address, which behind a proxy stands in X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = int(env.bool("BEHIND_PROXY", False))
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"

# Languages: both from the first template on. modeltranslation keeps one column per language.
LANGUAGE_CODE = "en"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = not DEBUG
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "loyalty_site.formats"
MODELTRANSLATION_LANGUAGES = ("en", "zh-hans")
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en", "zh-hans")
COLUMN_NAMES = {"en": _("%(label)s [en]"), "zh-hans": _("%(label)s [zh-hans]")}
MODELTRANSLATION_BUILD_LOCALIZED_VERBOSE_NAME = lambda label, code: COLUMN_NAMES[code] % {"label": label}  # noqa: E731
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_URL = "media/"
MEDIA_ROOT = DATA_DIR / "media"

# What leaves the building. In development everything stays here, to be read at /dev/mail/.
EMAIL_TIMEOUT = 10  # a mail server that does not answer must not keep a worker
if email_url := env.str("EMAIL_URL", ""):
    vars().update(env.dj_email_url("EMAIL_URL", email_url))
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "loyalty@localhost")
# A mail service that takes mail by its API, and reports what became of it at /reports/mail/<its name>/.
ANYMAIL = {
    "WEBHOOK_SECRET": _secret("EMAIL_REPORTS_SECRET"),
    "BREVO_API_KEY": _secret("BREVO_API_KEY"),
    "MAILGUN_API_KEY": _secret("MAILGUN_API_KEY"),
    "MAILGUN_API_URL": env.str("MAILGUN_API_URL", ""),
    "MAILGUN_SENDER_DOMAIN": env.str("MAILGUN_SENDER_DOMAIN", ""),
    "MAILGUN_WEBHOOK_SIGNING_KEY": _secret("MAILGUN_WEBHOOK_SIGNING_KEY"),
    "MAILJET_API_KEY": _secret("MAILJET_API_KEY"),
    "MAILJET_SECRET_KEY": _secret("MAILJET_SECRET_KEY"),
    "POSTMARK_SERVER_TOKEN": _secret("POSTMARK_SERVER_TOKEN"),
    "SPARKPOST_API_KEY": _secret("SPARKPOST_API_KEY"),
    "SPARKPOST_API_URL": env.str("SPARKPOST_API_URL", ""),
}
ANYMAIL = {name: value for name, value in ANYMAIL.items() if value}
if email_service := env.str("EMAIL_SERVICE", ""):
    EMAIL_BACKEND = relay.backend(email_service, ANYMAIL, is_smtp_too=bool(email_url))
SMS_PROVIDER = env.str("SMS_PROVIDER", "messaging.sms.LogProvider")

# Passes for phones. Each value is the text itself or the path of a file; what is half set is refused at the start.
APPLE_WALLET = {
    "certificate": env.str("APPLE_PASS_CERTIFICATE", ""),
    "key": env.str("APPLE_PASS_KEY", ""),
    "key_password": env.str("APPLE_PASS_KEY_PASSWORD", ""),
    "intermediate": env.str("APPLE_WWDR_CERTIFICATE", ""),
}
GOOGLE_WALLET = {
    "issuer": env.str("GOOGLE_WALLET_ISSUER_ID", ""),
    "loyalty_class": env.str("GOOGLE_WALLET_CLASS", "") or "membership",
    "service_account": env.str("GOOGLE_WALLET_SERVICE_ACCOUNT", ""),
}

# Security
SECURE_SSL_REDIRECT = not DEBUG
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = True
# Sessions are kept in the database; Redis only saves the way there, and may lose them.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
    }
}
# Unfold's Alpine evaluates expressions and sets inline styles; only staff pages may.
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": [SELF, NONCE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}

# Staff: nobody enters the admin without a second factor; a session ends after a working day.
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", True) or not DEBUG
STAFF_SESSION_SECONDS = 10 * 3600
MFA_ADAPTER = "portal.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Changke"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_ALLOW_UNVERIFIED_EMAIL = True
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "loyalty_site.admin_site.title",
    "SITE_HEADER": "loyalty_site.admin_site.title",
    "SITE_SYMBOL": "loyalty",
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": "loyalty_site.admin_site.may_see_history",
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "STYLES": [lambda request: static("admin_site/staff.css")],
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("admin_site/icon.svg")},
    ],
    "ACCOUNT": {"navigation": "loyalty_site.admin_site.account_links"},
    "SIDEBAR": {"show_search": False, "show_all_applications": False},
    "DASHBOARD_CALLBACK": "insights.admin.dashboard.show",
    "COLORS": {
        "primary": {
            "50": "oklch(97.7% .013 180)",
            "100": "oklch(94.6% .032 181)",
            "200": "oklch(90% .058 182)",
            "300": "oklch(83% .085 183)",
            "400": "oklch(72% .1 184)",
            "500": "oklch(60% .1 186)",
            "600": "oklch(50% .088 188)",
            "700": "oklch(43% .075 189)",
            "800": "oklch(37% .062 190)",
            "900": "oklch(32% .052 191)",
            "950": "oklch(22% .04 193)",
        }
    },
}

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["pos.api.authentication.TerminalKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "pos.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Changke till API",
    "VERSION": "1.0.0",
    "DESCRIPTION": (
        "What tills ask and are told. Begin with `docs/pos.md`: a till in ten minutes. "
        "Every refusal has a stable code, explained at [/api/problems/](/api/problems/)."
    ),
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": True, "defaultModelsExpandDepth": 0},
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "pos.api.schema.refuse_unknown_fields",
    ],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "PostingKind": "points.models.Posting.Kind",
        "RewardKind": "rewards.models.Reward.Kind",
        "ProofKind": "pos.api.reward_shapes.PROOFS",
        "RewardState": "pos.api.reward_shapes.STATES",
        "VoucherState": "rewards.models.Voucher.State",
    },
}
# Per terminal and minute. Generous: a shop's busiest till makes about 20 requests a minute.
API_RATE_LIMIT = env.int("API_RATE_LIMIT", 600)

LOGGING_CONFIG = "loyalty_site.logs.configure"
LOGGING: dict[str, Any] = {"level": env.str("LOG_LEVEL", "INFO"), "json": not DEBUG}
logs.configure(LOGGING)
