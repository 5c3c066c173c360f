# The image holds Python, the locked packages and tunewatch: no compiler, no pip, no root.
# Build: docker build --tag tunewatch .
# Without Evidently, 400 MB and 42 packages smaller (docs/operations.md says what sleeps then):
#        docker build --target slim --tag tunewatch:slim .

FROM python:3.12-slim-bookworm AS build-slim
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore PYTHONDONTWRITEBYTECODE=1
WORKDIR /src

# Packages first: they change less often than the code, so a rebuild mostly takes them from the cache.
COPY requirements-slim.lock requirements-build.lock ./
RUN python -m venv --without-pip /opt/tunewatch \
    && python -m pip --python /opt/tunewatch/bin/python install --no-deps --only-binary :all: --require-hashes -r requirements-slim.lock \
    && python -m pip install --no-deps --only-binary :all: --require-hashes -r requirements-build.lock

COPY pyproject.toml README.md LICENSE ./
COPY config config
COPY checks checks
COPY alerts alerts
COPY monitor monitor
COPY tunewatch tunewatch
RUN python -m pip wheel --no-deps --no-build-isolation --no-index --wheel-dir dist . \
    && python -m pip --python /opt/tunewatch/bin/python install --no-deps --no-index --find-links dist tunewatch

FROM build-slim AS build
COPY requirements.lock ./
RUN python -m pip --python /opt/tunewatch/bin/python install --no-deps --only-binary :all: --require-hashes -r requirements.lock

FROM python:3.12-slim-bookworm AS base
ARG VERSION=0.1.0 REVISION=unknown
LABEL org.opencontainers.image.title="tunewatch" \
      org.opencontainers.image.description="Watches a chatbot against delayed labels, and says whether to revise the prompt or fine-tune." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# A daemon that installs nothing needs no installer. The user has a fixed number, so that mounts can be given to it.
RUN rm -rf /usr/local/lib/python3.12/ensurepip /usr/local/lib/python3.12/site-packages/pip* /usr/local/bin/pip* \
    && groupadd --system --gid 10001 tunewatch \
    && useradd --system --uid 10001 --gid tunewatch --home-dir /var/lib/tunewatch --shell /usr/sbin/nologin tunewatch \
    && install --directory --owner tunewatch --group tunewatch --mode 0750 /var/lib/tunewatch

# The port is for probes and people outside of the container, so it listens on every address of it.
ENV PATH=/opt/tunewatch/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TUNEWATCH_WEB__HOST=0.0.0.0
WORKDIR /var/lib/tunewatch
VOLUME ["/var/lib/tunewatch"]
EXPOSE 8787 8788
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["tunewatch", "ping"]
ENTRYPOINT ["tunewatch"]
CMD ["run", "-c", "/etc/tunewatch/tunewatch.yaml"]

FROM base AS slim
COPY --from=build-slim /opt/tunewatch /opt/tunewatch

FROM base AS full
COPY --from=build /opt/tunewatch /opt/tunewatch
