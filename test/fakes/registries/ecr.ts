import type { FakeRegistry } from "./fake-registry.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { ociRoutes } from "./oci-routes.ts";
import { serve, type Answer, type Route } from "./serve.ts";

export interface FakeEcr {
  readonly answers: Route;
  /** Digests that were put into the archive. */
  readonly archived: Set<string>;
}

const ACCOUNT = "123456789012";
const PAGE_SIZE = 2;

/** Amazon ECR (docs.aws.amazon.com/AmazonECR/latest/APIReference: each operation by its name there), of one account. */
export function fakeEcr(memory: MemoryRegistry): FakeEcr {
  const archived = new Set<string>();
  const operations: Readonly<Record<string, (asked: EcrDocument) => Answer>> = {
    DescribeRepositories: (asked) =>
      page(
        asked,
        "repositories",
        [...memory.repositories.keys()].map((repositoryName) => ({ repositoryName })),
      ),
    DescribeImages: (asked) => {
      const { repositoryName = "" } = asked;
      const manifests = memory.repositories.get(repositoryName)?.manifests;
      if (manifests === undefined) return refused("RepositoryNotFoundException");
      return page(
        asked,
        "imageDetails",
        [...manifests].map(([imageDigest, { pushedMs, pulledMs }]) => {
          const imageTags = memory.tagsOf(repositoryName, imageDigest);
          return {
            imageDigest,
            ...(imageTags.length === 0 ? {} : { imageTags }),
            // Timestamps of JSON 1.1 are seconds with a fraction.
            imagePushedAt: pushedMs / 1000,
            ...(pulledMs === undefined ? {} : { lastRecordedPullTime: pulledMs / 1000 }),
            ...(archived.has(imageDigest) ? { imageStatus: "ARCHIVED" } : {}),
          };
        }),
      );
    },
    BatchDeleteImage: ({ repositoryName = "", imageIds: [imageId = {}] = [] }) => {
      const { imageTag, imageDigest } = imageId;
      const failed = (failureCode: string): Answer => ({
        status: 200,
        body: { imageIds: [], failures: [{ imageId, failureCode, failureReason: failureCode }] },
      });
      const digest = memory.resolve(repositoryName, imageTag ?? imageDigest ?? "");
      if (digest === undefined) return failed("ImageNotFound");
      const isListed = memory.parentsOf(repositoryName, digest).length > 0;
      const tags = memory.tagsOf(repositoryName, digest);
      // The last tag takes the image along.
      if (imageTag !== undefined && tags.length > 1)
        memory.open(repositoryName).tags.delete(imageTag);
      else if (isListed) return failed("ImageReferencedByManifestList");
      else memory.deleteManifest(repositoryName, digest);
      return { status: 200, body: { imageIds: [imageId], failures: [] } };
    },
  };
  return {
    archived,
    answers: ({ url, method, headers, body }) => {
      const [, action = ""] = String(headers["x-amz-target"] ?? "").split(".");
      if (url.pathname !== "/" || method !== "POST") return undefined;
      const signature = /^AWS4-HMAC-SHA256 Credential=(\w+)\/\d{8}\/([\w-]+)\/ecr\/aws4_request/;
      const [, key, region] = signature.exec(headers.authorization ?? "") ?? [];
      if (key !== "AKID" || region !== "eu-west-1") return refused("UnrecognizedClientException");
      const asked = JSON.parse(body.toString("utf8")) as EcrDocument;
      // Without one: the registry of whom the keys are.
      if ((asked.registryId ?? ACCOUNT) !== ACCOUNT) return refused("InvalidParameterException");
      return operations[action]?.(asked) ?? refused("UnknownOperationException");
    },
  };
}

/** The interface and the registry of one account in one place, as behind an endpoint of one's own. */
export async function startFakeEcr(): Promise<FakeRegistry> {
  const memory = new MemoryRegistry();
  const protocol = ociRoutes(memory, { referrersApi: true });
  const running = await serve(fakeEcr(memory).answers, protocol);
  return { ...running, memory };
}

interface EcrDocument {
  readonly registryId?: string;
  readonly repositoryName?: string;
  readonly nextToken?: string;
  readonly imageIds?: readonly { readonly imageTag?: string; readonly imageDigest?: string }[];
}

function refused(type: string): Answer {
  return { status: 400, body: { __type: type, message: `refused: ${type}` } };
}

function page({ nextToken }: EcrDocument, field: string, all: readonly unknown[]): Answer {
  const start = Number(nextToken ?? 0);
  const next = start + PAGE_SIZE < all.length ? { nextToken: String(start + PAGE_SIZE) } : {};
  return { status: 200, body: { [field]: all.slice(start, start + PAGE_SIZE), ...next } };
}
