import { expect, test } from "vitest";
import { apiOrigins } from "./endpoint.ts";

test.each([
  ["elsewhere only encrypted", { host: "registry.test:5000" }, ["https://registry.test:5000"]],
  ["without, when told", { host: "registry.test", plainHttp: true }, ["http://registry.test"]],
  ["this machine", { host: "localhost:5000" }, ["https://localhost:5000", "http://localhost:5000"]],
  ["by address", { host: "127.0.1.1" }, ["https://127.0.1.1", "http://127.0.1.1"]],
  ["of IPv6", { host: "[::1]:5000" }, ["https://[::1]:5000", "http://[::1]:5000"]],
  [
    "a name that only looks like it",
    { host: "127.0.0.1.evil.test" },
    ["https://127.0.0.1.evil.test"],
  ],
  ["another", { host: "localhost.evil.test" }, ["https://localhost.evil.test"]],
  ["Docker Hub", { host: "docker.io" }, ["https://registry-1.docker.io"]],
])("%s", (_what, endpoint, origins) => {
  expect(apiOrigins(endpoint)).toEqual(origins);
});
