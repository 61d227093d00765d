import * as z from "zod";

import { clusterContext } from "../../../inventory/foreign-use.ts";
import type { PolicyTarget } from "../../policy.ts";
import { complainTo } from "./complain.ts";
import { mapping, optional } from "./mapping.ts";
import { mistake, type Mistake } from "./mistake.ts";
import { patternReader } from "./patterns.ts";
import { textReader } from "./reader.ts";
import { readEngineAddress, readRegistryAddress } from "./target-address.ts";

const KINDS = ["engine", "layout", "registry"] as const;

function readDirectory(text: string): string | Mistake {
  return text === "" ? mistake("is empty; a directory is wanted") : text;
}

const targetSchema = mapping("a target", {
  engine: optional(
    textReader("an engine", readEngineAddress, {
      description: "default, the name of a docker context, or unix://, tcp://, ssh://.",
      examples: ["default", "ssh://user@host"],
    }),
  ),
  layout: optional(
    textReader("a directory", readDirectory, {
      description: "The directory of an OCI image layout, relative to this file.",
      examples: ["./images"],
    }),
  ),
  registry: optional(
    textReader("the address of a registry", readRegistryAddress, {
      description: "The address of a registry.",
      examples: ["https://registry.example.com", "localhost:5000"],
    }),
  ),
  repositories: optional(
    z
      .array(patternReader("repository", "A repository, or a pattern."))
      .meta({ description: "Repositories of the registry; without them all that it lists." }),
  ),
}).transform(({ engine, layout, registry, repositories }, context): PolicyTarget => {
  const given = [engine, layout, registry].filter((each) => each !== undefined).length;
  const complain = complainTo(context);
  if (given !== 1)
    complain(
      [],
      `has ${given === 0 ? "none" : "more than one"} of ${KINDS.join(", ")}; it is one of them`,
    );
  if (repositories !== undefined && registry === undefined) {
    complain(["repositories"], "belongs to a registry", true);
  }
  if (engine !== undefined) return { kind: "engine", address: engine };
  if (layout !== undefined) return { kind: "layout", directory: layout };
  return {
    kind: "registry",
    address: registry ?? "",
    ...(repositories === undefined ? {} : { repositories }),
  };
});

const TARGET_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Whether these are engines of the file is looked at when all of it was read. */
export const inUseOnSchema = z.array(
  textReader<string>("the name of an engine", readHostName, {
    description:
      "The name of an engine among the targets, or kubernetes: and a context of the kubeconfig.",
    examples: ["build-1", "kubernetes:production"],
  }),
);

function readHostName(text: string): string | Mistake {
  return clusterContext(text) === ""
    ? mistake("names no context of the kubeconfig; write for example kubernetes:production")
    : text;
}

export const targetsSchema = z.record(z.string(), targetSchema).superRefine((targets, context) => {
  for (const name of Object.keys(targets)) {
    if (!TARGET_NAME.test(name)) {
      complainTo(context)(
        [name],
        "is no name of a target: letters, digits, and . _ - behind the first",
        true,
      );
    }
  }
});
