# One image for every app; its command chooses which:
#   docker run tributary node dist/apps/pixel-ingress/src/main.js

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY bin bin
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY apps apps
COPY libs libs
COPY bench bench
COPY test/support test/support
RUN npm run build && rm -rf dist/bench dist/test && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
# Node 24 lets V8's young generation grow to twice that of Node 20: a quarter more memory, and no CPU saved.
# It warns of the timers of kafkajs that are due already
ENV NODE_ENV=production DATA_DIR=/var/lib/tributary NODE_OPTIONS="--max-semi-space-size=16 --disable-warning=TimeoutNegativeWarning"
RUN install -d -o node -g node /var/lib/tributary
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/bin bin
COPY sources sources
COPY LICENSE ./
USER node
VOLUME /var/lib/tributary
EXPOSE 8080 8081 9090
CMD ["node", "dist/apps/standalone/src/main.js"]
