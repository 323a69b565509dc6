# One image for API and workers; the command picks which. `--target gpu` is the same on CUDA 12 and cuDNN 9.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package needs its script to build; the optional ones are the binaries of the bundler.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY apps apps
COPY libs libs
COPY bench bench
COPY examples examples
RUN node node_modules/typescript/bin/tsc -p tsconfig.build.json \
 && node node_modules/vite/bin/vite.js build apps/dashboard

FROM node:20-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# onnxruntime's script only fetches CUDA libraries (see the stage gpu-packages); npm before 11 would run it.
ENV ONNXRUNTIME_NODE_INSTALL=skip
# onnxruntime brings binaries for every system: only this one's are of use here. Source maps of packages are
# not.
RUN npm ci --omit=dev --omit=optional && npm cache clean --force \
 && find node_modules -name '*.map' -delete \
 && cd node_modules/onnxruntime-node/bin/napi-v6 \
 && find . -mindepth 1 -maxdepth 1 ! -name linux -exec rm -r {} + \
 && find linux -mindepth 1 -maxdepth 1 ! -name "$(node -p process.arch)" -exec rm -r {} +

FROM packages AS gpu-packages
RUN npm run gpu:onnx
# An optional package, through which kernels of our own reach the driver.
COPY --from=build /app/node_modules/koffi node_modules/koffi
COPY --from=build /app/node_modules/@koromix node_modules/@koromix

FROM node:20-bookworm-slim AS runtime
ENV NODE_ENV=production
WORKDIR /app
# Volumes take their owner from these directories when they are first mounted.
RUN install -d -o node -g node /data && install -d -m 700 -o node -g node /keys
COPY package.json LICENSE ./
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY libs/cuda/ptx libs/cuda/ptx
USER node
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["--max-semi-space-size=64", "dist/apps/api/src/main.js"]

FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu22.04 AS gpu
ENV NODE_ENV=production
WORKDIR /app
COPY --from=runtime /usr/local/bin/node /usr/local/bin/node
RUN useradd --uid 1000 --create-home node && install -d -o node -g node /data
COPY package.json LICENSE ./
COPY --from=gpu-packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY libs/cuda/ptx libs/cuda/ptx
USER node
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["--max-semi-space-size=64", "dist/apps/worker/src/main.js"]

FROM runtime
