# Fanchart in a small, non-root image; the database lives in the volume /data.
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
COPY bot bot
COPY forecasting forecasting
COPY storage storage
RUN python -m venv /opt/fanchart \
 && /opt/fanchart/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt .

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 fanchart && install -d -o fanchart -g fanchart /data
COPY --from=build /opt/fanchart /opt/fanchart
ENV PATH=/opt/fanchart/bin:$PATH PYTHONUNBUFFERED=1 DATABASE=/data/fanchart.db
USER fanchart
WORKDIR /data
VOLUME /data
ENTRYPOINT ["fanchart"]
CMD ["run"]
