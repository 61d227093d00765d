import { Document, isCollection, isMap, isSeq, type YAMLMap, type YAMLSeq } from "yaml";

import type { Policy, PolicyTarget } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { SCHEMA_FILE } from "./schema-file.ts";
import { LANGUAGE_VERSION } from "./schema/policy-schema.ts";
import { amountText, durationText, shareText, sizeText } from "./write-amounts.ts";
import {
  buildCacheOf,
  containersOf,
  imageRuleOf,
  networksOf,
  protectionOf,
  volumesOf,
  type FileMapping,
} from "./write-rules.ts";

const COMMENT_WIDTH = 100;
/** Sections whose rules are written a key a line; all else is short enough for one. */
const SPREAD = new Set(["images", "protect", "targets"]);

/**
 * Writes a policy as a file that reads back as the same policy. Remarks are comments: above the rule of that name, or at the
 * top. Where the policy came from, and `freeBytes`, are no part of the language.
 */
export function writePolicy(policy: Policy, remarks: readonly Remark[] = []): string {
  const document = new Document(fileOf(policy), { aliasDuplicateObjects: false });
  const root = document.contents as YAMLMap;
  for (const { key, value } of root.items) {
    if (isCollection(value)) layOut(String(key), value);
  }
  const general = remarks.filter(({ rule }) => rule === undefined);
  const unplaced = commentRules(root, remarks);
  document.commentBefore = [
    ` yaml-language-server: $schema=${SCHEMA_FILE}`,
    ...general.map(commentText),
    ...unplaced.map(({ rule = "", text }) => commentText({ text: `${rule}: ${text}` })),
  ].join("\n");
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function fileOf(policy: Policy): FileMapping {
  const { targets, inUseOn, protect, images, containers, volumes, networks, buildCache } = policy;
  const { headroom, recovery, limits, schedule, timeZone } = policy;
  return {
    version: LANGUAGE_VERSION,
    ...section("targets", targets === undefined ? undefined : targetsOf(targets)),
    ...section("inUseOn", inUseOn),
    ...section("protect", nonEmpty(protect)?.map(protectionOf)),
    ...section("images", nonEmpty(images)?.map(imageRuleOf)),
    ...section("containers", written(containers, containersOf)),
    ...section("volumes", written(volumes, volumesOf)),
    ...section("networks", written(networks, networksOf)),
    ...section("buildCache", written(buildCache, buildCacheOf)),
    ...section("headroom", written(headroom, headroomOf)),
    ...section("recovery", written(recovery, recoveryOf)),
    ...section("limits", nonEmptyMapping(limitsOf(limits ?? {}))),
    ...section("schedule", schedule),
    ...section("timeZone", timeZone),
  };
}

function section(key: string, value: unknown): FileMapping {
  return value === undefined ? {} : { [key]: value };
}

function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function written<T extends object>(part: T | undefined, write: (part: T) => unknown): unknown {
  return part === undefined || (Array.isArray(part) && part.length === 0) ? undefined : write(part);
}

function targetsOf(targets: Readonly<Record<string, PolicyTarget>>): FileMapping {
  return Object.fromEntries(
    Object.entries(targets).map(([name, target]) => [name, targetOf(target)]),
  );
}

function targetOf(target: PolicyTarget): FileMapping {
  switch (target.kind) {
    case "engine":
      return { engine: target.address };
    case "layout":
      return { layout: target.directory };
    case "registry":
      return { registry: target.address, ...section("repositories", target.repositories) };
    default:
      return target satisfies never;
  }
}

function headroomOf({ of, start, stop }: NonNullable<Policy["headroom"]>): FileMapping {
  return { ...section("of", of), start: amountText(start), stop: amountText(stop) };
}

function recoveryOf(recovery: NonNullable<Policy["recovery"]>): FileMapping {
  const { mode, keep, atMostBytes, backup } = recovery;
  return {
    mode,
    ...(keep === undefined ? {} : { keep: durationText(keep) }),
    ...(atMostBytes === undefined ? {} : { atMost: sizeText(atMostBytes) }),
    ...section("backup", backup),
  };
}

/** A file stops before a repository is emptied, unless it says otherwise. */
function limitsOf(limits: NonNullable<Policy["limits"]>): FileMapping {
  const { imageShare, imageCount, bytes, wholeRepositories } = limits;
  const amounts = [
    ...(imageShare === undefined ? [] : [shareText(imageShare)]),
    ...(imageCount === undefined ? [] : [imageCount]),
  ];
  return {
    ...(amounts.length === 0 ? {} : { images: amounts.length === 1 ? amounts[0] : amounts }),
    ...(bytes === undefined ? {} : { bytes: sizeText(bytes) }),
    ...(wholeRepositories === undefined ? { wholeRepositories: "allow" } : {}),
  };
}

function nonEmptyMapping(mapping: FileMapping): FileMapping | undefined {
  return Object.keys(mapping).length === 0 ? undefined : mapping;
}

/** Collections of one line each, except where a reader goes through rules one by one. */
function layOut(key: string, value: YAMLMap | YAMLSeq): void {
  if (!SPREAD.has(key) && isMap(value)) {
    value.flow = true;
    return;
  }
  const members: readonly unknown[] = isMap(value)
    ? value.items.map((pair) => pair.value)
    : value.items;
  for (const member of members) {
    if (!isCollection(member)) continue;
    if (key !== "images") member.flow = true;
    else if (isMap(member)) for (const pair of member.items) spreadKeep(pair.value);
  }
}

/** Several criteria are told apart more easily line by line. */
function spreadKeep(value: unknown): void {
  if (isSeq(value) && value.items.length > 1) {
    for (const item of value.items) if (isCollection(item)) item.flow = true;
  } else if (isCollection(value)) {
    value.flow = true;
  }
}

/** Puts remarks above their rules; answers those whose rule there is not. */
function commentRules(root: YAMLMap, remarks: readonly Remark[]): readonly Remark[] {
  const rules = new Map<string, { commentBefore?: string | null; spaceBefore?: boolean }>();
  const images = root.get("images");
  if (isSeq(images)) {
    for (const item of images.items) if (isMap(item)) rules.set(String(item.get("name")), item);
  }
  return remarks.filter((remark) => {
    if (remark.rule === undefined) return false;
    const rule = rules.get(remark.rule);
    if (rule === undefined) return true;
    const before = rule.commentBefore ?? undefined;
    rule.commentBefore = [...(before === undefined ? [] : [before]), commentText(remark)].join(
      "\n",
    );
    return false;
  });
}

/** Lines of a comment. Whatever could end a line, or steer a terminal, is a space. */
function commentText({ text }: Remark): string {
  const words = text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim()
    .split(" ");
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    if (line !== "" && line.length + 1 + word.length > COMMENT_WIDTH) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? ` ${word}` : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}
