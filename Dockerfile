# The App with its engine. Boxes inside a container need two of its walls taken down:
#   docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined …
# With UPSTASH_BOX_API_KEY set, boxes are elsewhere and neither is needed.
FROM node:20-bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make git bubblewrap \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:20-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends git bubblewrap ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/native/boxd/build native/boxd/build
COPY package.json ./
# An ordinary user: boxes need no root.
RUN useradd --create-home box-action && mkdir /data && chown box-action /data
USER box-action
ENV HOST=0.0.0.0 PORT=3000 BOX_ACTION_DATA=/data
EXPOSE 3000
CMD ["node", "dist/cli/main.js", "serve"]
