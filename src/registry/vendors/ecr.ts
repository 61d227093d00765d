import { digestIn, objectsIn, secondsIn, textIn } from "../api-fields.ts";
import { whereAllowed } from "../native-listing.ts";
import type { ApiObject } from "../vendor-api.ts";
import type { ListedArtifact, RegistryVendor } from "../vendor.ts";
import type { EcrApi } from "./ecr-api.ts";
import type { NativeParts } from "./native-parts.ts";
import { PROTOCOL, protocolVendor } from "./protocol-vendor.ts";

/** `ACCOUNT.dkr.ecr.REGION.amazonaws.com` (docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html). */
const PRIVATE = /^(\d{12})\.dkr\.ecr(-fips)?\.([\w-]+)\.(amazonaws\.com(?:\.cn)?)$/;

/** Where the interface of a private registry is. */
export interface EcrPlace {
  /** Absent: the one that the keys belong to. */
  readonly account?: string;
  readonly region: string;
  readonly host: string;
}

/** Undefined for a public registry, which has another interface. */
export function ecrPlace(registry: string): EcrPlace | undefined {
  const [, account, fips, region, domain] = PRIVATE.exec(registry) ?? [];
  if (account === undefined || region === undefined) return undefined;
  const host = fips === undefined ? `api.ecr.${region}.${domain}` : `ecr-fips.${region}.${domain}`;
  return { account, region, host };
}

/**
 * Amazon ECR (docs.aws.amazon.com/AmazonECR/latest/APIReference). Its interface takes the user's own keys, not what docker
 * signs in with. A pull is written down once a day. Tags that may not be overwritten may be deleted, as by its own lifecycle
 * policies.
 */
export function ecrVendor(
  { client, registry, notify }: Omit<NativeParts, "bearer">,
  api: EcrApi | undefined,
): RegistryVendor {
  const protocol = protocolVendor("ecr", client, {
    ...PROTOCOL,
    hasPushTime: true,
    hasPullTime: true,
    listsUntagged: true,
  });
  const open = async (): Promise<EcrApi | undefined> =>
    api !== undefined && (await api.isOpen()) ? api : undefined;
  return {
    ...protocol,
    async *repositories() {
      const ecr = await open();
      if (ecr === undefined) return yield* protocol.repositories();
      for await (const repository of ecr.list("DescribeRepositories", "repositories", {
        maxResults: 1000,
      })) {
        const name = textIn(repository, "repositoryName");
        if (name !== undefined) yield name;
      }
    },
    artifacts: whereAllowed({
      registry,
      notify,
      lacking: "the times of pushes and pulls, and what has no tag",
      wants: "its interface takes the keys of AWS_ACCESS_KEY_ID or ~/.aws/credentials",
      async list(repository) {
        const ecr = await open();
        if (ecr === undefined) return undefined;
        const listed: ListedArtifact[] = [];
        const asked = { repositoryName: repository, maxResults: 1000 };
        for await (const image of ecr.list("DescribeImages", "imageDetails", asked)) {
          // What is archived cannot be read, and is out of everybody's way.
          if ((textIn(image, "imageStatus") ?? "ACTIVE") !== "ACTIVE") continue;
          listed.push(readImage(ecr, image));
        }
        return listed;
      },
    }),
    deleteDigest: async (repository, digest) => {
      const ecr = await open();
      return ecr === undefined
        ? protocol.deleteDigest(repository, digest)
        : remove(ecr, repository, { imageDigest: digest });
    },
    deleteTag: async (repository, tag, digest) => {
      const ecr = await open();
      return ecr === undefined
        ? protocol.deleteTag(repository, tag, digest)
        : remove(ecr, repository, { imageTag: tag });
    },
  };
}

/** BatchDeleteImage: by tag that tag alone, by digest the image with all its tags. */
async function remove(
  api: EcrApi,
  repositoryName: string,
  image: ApiObject,
): Promise<"deleted" | "gone"> {
  const body = await api.call("BatchDeleteImage", { repositoryName, imageIds: [image] });
  const [failure] = objectsIn((body ?? {}) as ApiObject, "failures");
  if (failure === undefined) return "deleted";
  const code = textIn(failure, "failureCode") ?? "";
  if (code === "ImageNotFound") return "gone";
  throw api.malformed("BatchDeleteImage", textIn(failure, "failureReason") ?? code);
}

function readImage(api: EcrApi, image: ApiObject): ListedArtifact {
  const digest = digestIn(image, "imageDigest");
  const { imageTags: tags = [] } = image;
  if (digest === undefined || !Array.isArray(tags))
    throw api.malformed("DescribeImages", "it lists an image without its digest or tags");
  const pushedAt = secondsIn(image, "imagePushedAt");
  const pulledAt = secondsIn(image, "lastRecordedPullTime");
  return {
    digest,
    tags: tags.filter((tag) => typeof tag === "string"),
    ...(pushedAt === undefined ? {} : { pushedAt }),
    ...(pulledAt === undefined ? {} : { pulledAt }),
  };
}
