# A reward server: no root, nothing written outside /data, so the root file system may be read-only.
#   docker build -t guerdon .
#   docker run --read-only --tmpfs /tmp -p 127.0.0.1:8765:8765 -v $PWD/reward.yaml:/reward/reward.yaml:ro -v guerdon:/data guerdon
# Or with PostgreSQL and Redis: docker compose up (compose.yaml). More: docs/operating.md

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --omit=optional

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    GUERDON_HOST=0.0.0.0 \
    GUERDON_PORT=8765 \
    GUERDON_STORE=/data/store.sqlite
WORKDIR /app
COPY --from=build --chown=root:root /app/package.json ./
COPY --from=build --chown=root:root /app/bin ./bin
COPY --from=build --chown=root:root /app/dist ./dist
COPY --from=build --chown=root:root /app/schema ./schema
COPY --from=build --chown=root:root /app/node_modules ./node_modules
RUN mkdir /data /reward && chown node:node /data
USER node
VOLUME /data
EXPOSE 8765
# TLS or another port: override it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.GUERDON_PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/bin/guerdon.js"]
CMD ["serve", "/reward/reward.yaml"]
