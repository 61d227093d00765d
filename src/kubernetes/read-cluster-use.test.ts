import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { startFakeCluster, type FakeCluster } from "../../test/fakes/kubernetes/fake-cluster.ts";
import type { ForeignHost, ForeignUser } from "../inventory/foreign-use.ts";
import { ClusterClient } from "./cluster-client.ts";
import { CLUSTER_RESOURCES } from "./cluster-resources.ts";
import { readClusterUse } from "./read-cluster-use.ts";

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const podSpec = (image: string) => ({ containers: [{ name: "main", image }] });
const template = (image: string) => ({ template: { spec: podSpec(image) } });
const named = (name: string) => ({ metadata: { namespace: "shop", name } });

let cluster: FakeCluster;
beforeEach(async () => {
  cluster = await startFakeCluster();
});
afterEach(() => cluster.stop());

async function read(signal = new AbortController().signal): Promise<ForeignHost> {
  const client = await ClusterClient.open({
    cluster: { name: "fake", server: cluster.url, skipTLSVerify: true },
    user: { name: "nobody" },
  });
  try {
    return await readClusterUse("kubernetes:fake", client, signal);
  } finally {
    await client.close();
  }
}

const usersOf = (users: readonly ForeignUser[] = []): readonly string[] =>
  users.map(({ kind, name, state }) => `${state} ${kind} ${name}`.trim());

describe("what needs an image", () => {
  const image = "registry.example.com/app:1";
  test.each([
    ["deployment", "/apis/apps/v1/deployments", { spec: template(image) }],
    ["replicaset", "/apis/apps/v1/replicasets", { spec: { replicas: 0, ...template(image) } }],
    ["statefulset", "/apis/apps/v1/statefulsets", { spec: template(image) }],
    ["daemonset", "/apis/apps/v1/daemonsets", { spec: template(image) }],
    [
      "controllerrevision",
      "/apis/apps/v1/controllerrevisions",
      { revision: 3, data: { spec: { template: { $patch: "replace", spec: podSpec(image) } } } },
    ],
    ["replicationcontroller", "/api/v1/replicationcontrollers", { spec: template(image) }],
    ["job", "/apis/batch/v1/jobs", { spec: template(image) }],
    ["cronjob", "/apis/batch/v1/cronjobs", { spec: { jobTemplate: { spec: template(image) } } }],
  ])("a %s", async (kind, path, object) => {
    cluster.objects.set(path, [{ ...named("web"), ...object }]);
    const { complete, names } = await read();
    expect(complete).toBe(true);
    expect(names.map(({ reference, users }) => [reference, ...usersOf(users)])).toEqual([
      [image, `${kind} shop/web`],
    ]);
  });

  test("a pod: every kind of container, volumes of images, and what its node says it runs", async () => {
    cluster.objects.set("/api/v1/pods", [
      {
        ...named("web-1"),
        spec: {
          containers: [{ image: "nginx" }, { image: `host:5000/app:2@${digest("a")}` }],
          initContainers: [{ image: "host:5000/migrate:1" }],
          ephemeralContainers: [{ image: "busybox:1.36" }],
          volumes: [{ name: "model", image: { reference: "host:5000/model:7" } }, { name: "tmp" }],
        },
        status: {
          phase: "Running",
          containerStatuses: [
            { imageID: `docker.io/library/nginx@${digest("b")}` },
            { imageID: `docker-pullable://host:5000/app@${digest("c")}` },
            { imageID: "" },
          ],
          initContainerStatuses: [{ imageID: "d".repeat(64) }],
          ephemeralContainerStatuses: [{ imageID: `docker://${digest("e")}` }],
        },
      },
    ]);
    const { digests, names } = await read();
    expect(names.map(({ reference }) => reference)).toEqual([
      "docker.io/library/busybox:1.36",
      "docker.io/library/nginx:latest",
      "host:5000/migrate:1",
      "host:5000/model:7",
    ]);
    expect(digests.map((each) => each.digest)).toEqual(["a", "b", "c", "d", "e"].map(digest));
    for (const { users } of digests) expect(usersOf(users)).toEqual(["running pod shop/web-1"]);
  });
});

const pods = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...named(`web-${index}`),
    spec: podSpec(`host:5000/app:${index}`),
  }));

describe("long lists", () => {
  test("come in pages", async () => {
    cluster.objects.set("/api/v1/pods", pods(1201));
    const { names, complete } = await read();
    expect(names).toHaveLength(1201);
    expect(complete).toBe(true);
    expect(cluster.requests.filter((each) => each.startsWith("/api/v1/pods"))).toHaveLength(3);
  });

  test("begin anew where the next page has expired, and take no inconsistent one", async () => {
    cluster.objects.set("/api/v1/pods", pods(1001));
    cluster.refusals.set("/api/v1/pods", { kind: "expired", times: 1 });
    const { names, complete } = await read();
    expect(names).toHaveLength(1001);
    expect(complete).toBe(true);
    const asked = cluster.requests.filter((each) => each.startsWith("/api/v1/pods"));
    expect(asked.map((each) => each.includes("continue="))).toEqual([
      false,
      true,
      false,
      true,
      true,
    ]);
  });

  test("that expire each time are not whole", async () => {
    cluster.objects.set("/api/v1/pods", pods(1001));
    cluster.refusals.set("/api/v1/pods", { kind: "expired", times: 99 });
    const { names, complete, problems } = await read();
    expect(complete).toBe(false);
    expect(problems.join()).toContain("pods: the API server answered 410");
    // What was read is used all the same.
    expect(names).toHaveLength(500);
  });

  test("of a server that has too much to do are asked for again", async () => {
    cluster.objects.set("/api/v1/pods", pods(1));
    cluster.refusals.set("/api/v1/pods", { kind: "busy", times: 1 });
    expect(await read()).toMatchObject({
      complete: true,
      names: [{ reference: "host:5000/app:0" }],
    });
  });
});

describe("what cannot be listed makes the answer incomplete", () => {
  test("lists that the user may not read are named together", async () => {
    cluster.objects.set("/api/v1/pods", pods(1));
    for (const list of ["jobs", "cronjobs"])
      cluster.refusals.set(`/apis/batch/v1/${list}`, { kind: "forbidden" });
    const { complete, problems, names } = await read();
    expect(complete).toBe(false);
    expect(problems).toEqual(["this user may not list cronjobs, jobs of all namespaces (403)"]);
    expect(names).toHaveLength(1);
  });

  test.each([
    ["a page of HTML", "<html>Sign in</html>", "answered with no JSON object"],
    ["another document", '{"kind":"Pod","items":[]}', "is no list"],
    ["a list of texts", '{"kind":"PodList","items":["web"]}', "is no list"],
    ["nothing", "", "answered with no JSON object"],
  ])("%s instead of a list", async (_, body, detail) => {
    cluster.refusals.set("/api/v1/pods", { kind: "body", body });
    const { complete, problems } = await read();
    expect(complete).toBe(false);
    expect(problems.join()).toContain(detail);
  });

  test("a page that leads back", async () => {
    const body = '{"kind":"PodList","metadata":{"continue":"again"},"items":[]}';
    cluster.refusals.set("/api/v1/pods", { kind: "body", body });
    expect((await read()).problems.join()).toContain("leads back");
  });

  test("a list that the cluster does not have", async () => {
    cluster.refusals.set("/apis/batch/v1/cronjobs", { kind: "missing" });
    expect((await read()).problems).toEqual(["cronjobs: the API server answered 404"]);
  });

  test("a cluster that does not answer, once for all lists", async () => {
    await cluster.stop();
    const { complete, problems } = await read();
    expect(complete).toBe(false);
    expect(problems).toHaveLength(1);
    expect(problems.join()).toContain("does not answer");
  });
});

test("Ctrl-C is no answer", async () => {
  await expect(read(AbortSignal.abort())).rejects.toMatchObject({ kind: "aborted" });
});

test("only lists of all namespaces are read", async () => {
  await read();
  const asked = cluster.requests.map((each) => each.replace("?limit=500", ""));
  expect(asked.toSorted()).toEqual(CLUSTER_RESOURCES.map(({ path }) => path).toSorted());
});
