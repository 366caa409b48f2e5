# syntax=docker/dockerfile:1
# An image of what runs and nothing that builds: `docker build -t qingniao .`
# The base is named by its digest, so that a build next year starts from the same bytes. To take a newer one look the digest up
# (`docker buildx imagetools inspect node:24-bookworm-slim`) and change it here, or say --build-arg NODE_IMAGE=….
ARG NODE_IMAGE=node:24.18.0-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run --silent licences >/dev/null && npm run --silent runtime -- /runtime

FROM ${NODE_IMAGE}
# What npm, corepack and yarn do belongs to the build.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* /usr/local/bin/yarn* \
  && install -d -o node -g node -m 0700 /data
# Owned by root, so that the server cannot write what it runs.
COPY --from=build --chown=root:root /runtime /app
WORKDIR /app
USER node
# HOST is left alone: a live server listens to everybody, a sandbox to itself.
ENV NODE_ENV=production DATA_DIR=/data PORT=8080
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r)=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "--max-old-space-size=768", "--max-semi-space-size=16", "--enable-source-maps", "prisma/run.cjs", "dist/main.js"]
