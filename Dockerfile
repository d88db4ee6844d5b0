# Fairpoints in a container. Tokens come from the environment only:
#
#   docker build -t fairpoints .
#   docker run -e FAIRPOINTS_DISCORD_TOKEN -v fairpoints:/var/lib/fairpoints fairpoints
#
# Where Gemini watches: -e FAIRPOINTS_GEMINI_API_KEY. A key file for the bucket is mounted, readable
# by user 10001, and FAIRPOINTS_BUCKET__CREDENTIALS is its path; on Google Cloud none is needed.
#
# The volume holds the database, the inbox and the backups. config.toml is a default: mount another
# over /app/config.toml, or set FAIRPOINTS_SECTION__KEY. To moderate from a shell, and to restore:
#
#   docker exec CONTAINER fairpoints mod status
#   docker stop CONTAINER
#   docker run --rm -it -v fairpoints:/var/lib/fairpoints fairpoints fairpoints restore backups/NAME

FROM python:3.13-slim AS build
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY bot/ bot/
COPY scoring/ scoring/
COPY db/ db/
RUN python -m venv /venv
RUN /venv/bin/pip install --no-cache-dir --no-compile --disable-pip-version-check -c constraints.txt -e .
RUN /venv/bin/pip uninstall --quiet --yes pip && find /venv -type d -name tests -prune -exec rm -rf {} +
COPY config.toml ./
COPY data/baseline.json data/baseline.json
COPY data/rubrics/ data/rubrics/
# Checked by content, so that a copy with other times needs no compiling again.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash /venv/lib /app

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /var/lib/fairpoints fairpoints && install -d -o fairpoints -g fairpoints -m 0750 /var/lib/fairpoints
COPY --from=build /venv /venv
COPY --from=build /app /app
# The watching port is open inside the container alone; it is what HEALTHCHECK asks.
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    FAIRPOINTS_CONFIG=/app/config.toml \
    FAIRPOINTS_DATA_DIR=/var/lib/fairpoints \
    FAIRPOINTS_WATCHING__PORT=9464
WORKDIR /var/lib/fairpoints
USER 10001
VOLUME /var/lib/fairpoints
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "-c", "import os, urllib.request as r; p = int(os.environ.get('FAIRPOINTS_WATCHING__PORT', '0')); p and r.urlopen(f'http://127.0.0.1:{p}/health', timeout=8)"]
CMD ["fairpoints", "run"]
