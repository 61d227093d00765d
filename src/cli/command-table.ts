import type { Command } from "./command.ts";
import type { CommandGroup } from "./command-parents.ts";

export interface CommandEntry {
  /** One word, or two of which the first is a key of `COMMAND_PARENTS`. */
  readonly name: string;
  readonly summary: string;
  /** Where the overview lists it; commands of a parent stand in that parent's own help. */
  readonly group: CommandGroup;
  /** Only the command that is asked for is loaded. */
  readonly load: () => Promise<{ readonly command: Command }>;
  /** Not in help; for completion scripts. */
  readonly hidden?: true;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "status",
    group: "Look",
    summary: "What fills the target, what could go, what to do next",
    load: () => import("./commands/status.ts"),
  },
  {
    name: "df",
    group: "Look",
    summary: "Storage by kind and by repository: shared, exclusive, exactly reclaimable",
    load: () => import("./commands/df.ts"),
  },
  {
    name: "images",
    group: "Look",
    summary: "List images with what they really take",
    load: () => import("./commands/images.ts"),
  },
  {
    name: "find",
    group: "Look",
    summary: "Where an image can be had: the bin, the engines, the registries",
    load: () => import("./commands/find.ts"),
  },
  {
    name: "why",
    group: "Look",
    summary: "Why an image is there: what uses it, which rule decides, what it would free",
    load: () => import("./commands/why.ts"),
  },
  {
    name: "inspect",
    group: "Look",
    summary: "Everything known about an image",
    load: () => import("./commands/inspect.ts"),
  },
  {
    name: "layers",
    group: "Look",
    summary: "Layers of an image and who shares them",
    load: () => import("./commands/layers.ts"),
  },
  {
    name: "inventory",
    group: "Look",
    summary: "Write what the target holds as JSON",
    load: () => import("./commands/inventory.ts"),
  },
  {
    name: "plan",
    group: "Clean up",
    summary: "Show what may go and why; changes nothing",
    load: () => import("./commands/plan.ts"),
  },
  {
    name: "apply",
    group: "Clean up",
    summary: "Carry a plan out",
    load: () => import("./commands/apply.ts"),
  },
  {
    name: "prune",
    group: "Clean up",
    summary: "Plan and apply in one step",
    load: () => import("./commands/prune.ts"),
  },
  {
    name: "rm",
    group: "Clean up",
    summary: "Remove images by name, ID or pattern",
    load: () => import("./commands/rm.ts"),
  },
  {
    name: "history",
    group: "Clean up",
    summary: "Runs and what they did",
    load: () => import("./commands/history.ts"),
  },
  {
    name: "restore",
    group: "Clean up",
    summary: "Give removed images back",
    load: () => import("./commands/restore.ts"),
  },
  {
    name: "undo",
    group: "Clean up",
    summary: "Bring a whole run back",
    load: () => import("./commands/undo.ts"),
  },
  {
    name: "bin list",
    group: "Clean up",
    summary: "List the images that can come back",
    load: () => import("./commands/bin/list.ts"),
  },
  {
    name: "bin show",
    group: "Clean up",
    summary: "Show everything known of one image in the bin",
    load: () => import("./commands/bin/show.ts"),
  },
  {
    name: "bin verify",
    group: "Clean up",
    summary: "Read the recovery bin again and tell what is damaged",
    load: () => import("./commands/bin/verify.ts"),
  },
  {
    name: "bin pin",
    group: "Clean up",
    summary: "Keep images in the bin whatever their age",
    load: () => import("./commands/bin/pin.ts"),
  },
  {
    name: "bin unpin",
    group: "Clean up",
    summary: "Let pinned images go when their time is over",
    load: () => import("./commands/bin/unpin.ts"),
  },
  {
    name: "bin export",
    group: "Clean up",
    summary: "Write an image of the bin to a tar file",
    load: () => import("./commands/bin/export.ts"),
  },
  {
    name: "bin encrypt",
    group: "Clean up",
    summary: "Encrypt what is in the bin to age recipients",
    load: () => import("./commands/bin/encrypt.ts"),
  },
  {
    name: "bin decrypt",
    group: "Clean up",
    summary: "Decrypt what is in the bin",
    load: () => import("./commands/bin/decrypt.ts"),
  },
  {
    name: "bin empty",
    group: "Clean up",
    summary: "Take images out of the bin for good",
    load: () => import("./commands/bin/empty.ts"),
  },
  {
    name: "registry in-use",
    group: "Clean up",
    summary: "Write what hosts hold and use of a registry's images as JSON",
    load: () => import("./commands/registry/in-use.ts"),
  },
  {
    name: "registry show",
    group: "Clean up",
    summary: "Tell which product a registry is, and what it can do",
    load: () => import("./commands/registry/show.ts"),
  },
  {
    name: "registry policies",
    group: "Clean up",
    summary: "Read, test and write the retention that a registry has of its own",
    load: () => import("./commands/registry/policies.ts"),
  },
  {
    name: "registry gc",
    group: "Clean up",
    summary: "Bring a registry safely through its own garbage collection",
    load: () => import("./commands/registry/gc.ts"),
  },
  {
    name: "registry listen",
    group: "Clean up",
    summary: "Take down which images are pulled from registries",
    load: () => import("./commands/registry/listen.ts"),
  },
  {
    name: "policy check",
    group: "Clean up",
    summary: "Tell every mistake in policy files",
    load: () => import("./commands/policy/check.ts"),
  },
  {
    name: "policy show",
    group: "Clean up",
    summary: "Print a preset, or a policy, as a policy file",
    load: () => import("./commands/policy/show.ts"),
  },
  {
    name: "policy schema",
    group: "Clean up",
    summary: "Print the JSON Schema of policy files, for editors",
    load: () => import("./commands/policy/schema.ts"),
  },
  {
    name: "policy explain",
    group: "Clean up",
    summary: "Show an image's path through the rules, and what would change the answer",
    load: () => import("./commands/policy/explain.ts"),
  },
  {
    name: "policy diff",
    group: "Clean up",
    summary: "Show what another policy would remove and keep",
    load: () => import("./commands/policy/diff.ts"),
  },
  {
    name: "policy test",
    group: "Clean up",
    summary: "Try policies on hosts in a few words per line, and compare what goes",
    load: () => import("./commands/policy/test.ts"),
  },
  {
    name: "policy import",
    group: "Clean up",
    summary: "Translate the policy of another system into a policy file",
    load: () => import("./commands/policy/import.ts"),
  },
  {
    name: "tag",
    group: "Images",
    summary: "Give an image another name",
    load: () => import("./commands/tag.ts"),
  },
  {
    name: "pull",
    group: "Images",
    summary: "Fetch an image from its registry",
    load: () => import("./commands/pull.ts"),
  },
  {
    name: "push",
    group: "Images",
    summary: "Send an image to its registry",
    load: () => import("./commands/push.ts"),
  },
  {
    name: "doctor",
    group: "Set up",
    summary: "Check what is set up, reachable, too old or left behind",
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "completion",
    group: "Set up",
    summary: "Print a completion script for bash, zsh or fish",
    load: () => import("./commands/completion.ts"),
  },
  {
    name: "install-plugin",
    group: "Set up",
    summary: "Make this program available as docker plimsoll",
    load: () => import("./commands/install-plugin.ts"),
  },
];
