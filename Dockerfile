# syntax=docker/dockerfile:1
# Three stages: the styles, the Python environment, and the image that runs. Nothing that builds is in the last one.

FROM node:24-slim AS assets
WORKDIR /bouw
COPY package.json package-lock.json .npmrc build.mjs ./
RUN npm ci --silent
COPY assets assets
COPY templates templates
COPY static static
RUN node build.mjs

FROM python:3.11-slim AS environment
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/pip
WORKDIR /bouw
COPY requirements.lock ./
RUN /opt/pip/bin/pip install --only-binary :all: --require-hashes -r requirements.lock
RUN python -m venv /opt/bouw
COPY requirements-dev.lock ./
# hatchling, with its hash, only to make the wheel
RUN /opt/bouw/bin/pip install --only-binary :all: --require-hashes -r requirements-dev.lock
COPY pyproject.toml README.md LICENSE alembic.ini ./
COPY pip_portal pip_portal
COPY mock_idp mock_idp
COPY reference_backoffice reference_backoffice
COPY templates templates
COPY migrations migrations
COPY --from=assets /bouw/static static
RUN /opt/bouw/bin/pip wheel --no-deps --no-build-isolation -w /wheel . \
 && /opt/pip/bin/pip install --no-deps /wheel/*.whl \
 && rm -rf /opt/pip/lib/python3.11/site-packages/mock_idp /opt/pip/lib/python3.11/site-packages/reference_backoffice \
 && /opt/pip/bin/python -m compileall -q /opt/pip/lib/python3.11/site-packages/pip_portal \
 && /opt/pip/bin/pip uninstall -y -q setuptools pip

FROM python:3.11-slim
# No shell tools, no package manager and no compiler are needed to run; what the base brings of pip goes.
RUN rm -rf /usr/local/lib/python3.11/site-packages/* /usr/local/lib/python3.11/ensurepip \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin pip
COPY --from=environment /opt/pip /opt/pip
ENV PATH=/opt/pip/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
EXPOSE 8000
# Runs with a read-only root file system: docker run --read-only --cap-drop ALL --security-opt no-new-privileges …
# Keys and certificates come in as read-only files, settings as PIP_… (docs/configure.md).
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/klaar', timeout=2)"]
ENTRYPOINT ["pip-portal"]
CMD ["serve", "--host", "0.0.0.0"]
