# The command in an image without shell, npm or package manager, for a numeric user and a read-only root. Name the images by digest:
# docker build --build-arg BASE=gcr.io/distroless/nodejs22-debian12@sha256:… --build-arg BUILD=node@sha256:… .
# Without a daemon, and without an outside image: scripts/image.sh.
ARG BUILD=node:22-bookworm-slim
ARG BASE=gcr.io/distroless/nodejs22-debian12:nonroot

FROM ${BUILD} AS build
WORKDIR /src
COPY . .
RUN npm ci && node scripts/lean.mjs /app && npm sbom --omit=dev --sbom-format=cyclonedx > /app/sbom.cdx.json

FROM ${BASE}
LABEL org.opencontainers.image.title="tsfalco" \
      org.opencontainers.image.description="Falco rules on Kubernetes audit events" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /app /app
USER 65532:65532
# Health, versions and metrics; the web hook.
EXPOSE 8765 9765
HEALTHCHECK --interval=30s --timeout=5s CMD ["/nodejs/bin/node", "-e", "fetch('http://127.0.0.1:8765/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/nodejs/bin/node", "/app/bin/tsfalco.js"]
CMD ["-c", "/etc/falco/falco.yaml"]
