# docker build -t lockkeeper . && docker run --rm -v "$PWD:/work" lockkeeper check
FROM node:24-alpine AS build
WORKDIR /lockkeeper
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --omit=optional

FROM node:24-alpine
RUN apk add --no-cache git && git config --system --add safe.directory '*'
COPY --from=build /lockkeeper/package.json /lockkeeper/
COPY --from=build /lockkeeper/node_modules /lockkeeper/node_modules
COPY --from=build /lockkeeper/dist /lockkeeper/dist
USER node
WORKDIR /work
ENTRYPOINT ["node", "/lockkeeper/dist/cli.js"]
CMD ["check"]
