import { expect, test } from "vitest";

import { mistakesIn } from "../../../test/fixtures/policy-mistakes.ts";

/** One image rule, from line 3 on. */
const rule = (text: string): string => `version: 1\nimages:\n  - ${text}\n`;
const match = (text: string): string => rule(`{ match: { ${text} }, keep: { last: 1 } }`);
const keep = (text: string): string => rule(`{ keep: ${text} }`);
const line = (text: string): string => `version: 1\n${text}\n`;

const MATCH_KEYS =
  "reference, registry, repository, tag, label, state, digest, anyName, platform, target, namesAtLeast, size, olderThan, by, createdBefore, createdAfter, any, all, not";
const NO_RE2 =
  "is outside RE2: no look-around, no references back to captures, all brackets closed";
const NO_DURATION = "is not a duration such as 90m, 36h or 7d";

const wrong: readonly (readonly [what: string, text: string, mistakes: readonly string[]])[] = [
  ["an empty file", "", ['1:1 the file is empty; a policy begins with a line "version: 1"']],
  [
    "only comments",
    "# nothing\n\n",
    ['1:1 the file is empty; a policy begins with a line "version: 1"'],
  ],
  ["a text", "hello", ['1:1 "hello" is a text; a mapping (key: value) is wanted']],
  ["a list", "- version: 1", ["1:1 this is a list; a mapping (key: value) is wanted"]],
  ["no version", "images: []", ['1:1 "version" is missing here -> version: 1']],
  [
    "another version",
    "version: 2\nimagse: 1",
    ['1:10 "2" is another version of the policy language; this program reads version 1'],
  ],
  [
    "a version in quotes",
    'version: "1"',
    ['1:10 "1" is not the version of the language that this program reads -> 1'],
  ],
  ["an unknown section", line("imags: []"), ['2:1 "imags" is no key of a policy -> images']],
  ["an unknown key", match('tga: "*"'), ['3:16 "tga" is no key of a match -> tag']],
  [
    "a key far from any",
    match("colour: red"),
    [`3:16 "colour" is no key of a match, which has ${MATCH_KEYS}`],
  ],
  ["a key twice", line("protect: [a]\nprotect: [b]"), ['3:1 "protect" stands here a second time']],
  [
    "a name twice",
    line(
      "images:\n  - { name: a, match: { tag: x }, keep: { last: 1 } }\n  - { name: a, match: { tag: y }, keep: { last: 1 } }",
    ),
    ['4:13 "a" is the name of an earlier rule of this section'],
  ],
  [
    "a name that another rule has by default",
    line(
      "images:\n  - { name: rule 2, match: { tag: x }, keep: { last: 1 } }\n  - { match: { tag: y }, keep: { last: 1 } }",
    ),
    ["4:5 is the name of an earlier rule of this section"],
  ],
  [
    "broken YAML",
    line("images: [a"),
    [
      "3:1 this is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
  ],
  [
    "another encoding",
    line('protect: ["caf\uFFFD"]'),
    ["2:15 what stands here is not UTF-8; a policy is a text"],
  ],
  [
    "a control character",
    line('protect: ["a\u0000b"]'),
    ["2:13 what stands here is a control character; a policy is a text"],
  ],
  [
    "two documents",
    "version: 1\n---\nversion: 1\n",
    ["2:1 a second document begins here; a policy is one"],
  ],
  [
    "a tag of YAML's own",
    line("protect: [!secret a]"),
    ["2:11 this is not YAML: Unresolved tag: !secret"],
  ],
  [
    "an alias of nothing",
    line("protect: [*a]"),
    [
      '2:11 "*a" is an alias without an anchor before it',
      '2:11 "*a" is an empty value; a pattern in quotes, or a mapping (key: value) is wanted',
    ],
  ],
  ["an alias of itself", line("x-a: &a [*a]"), ['2:10 "*a" is an alias of what it stands in']],
  ["no keep", rule("{ match: { tag: a } }"), ['3:5 "keep" is missing here']],
  [
    "an empty keep",
    keep("{}"),
    ['3:7 "keep" has no criterion; to keep nothing at all, say none: true'],
  ],
  [
    "a keep of no kind",
    keep("7d"),
    ['3:13 "7d" is a text; a mapping (key: value), or a list is wanted'],
  ],
  ["an empty list", keep("[]"), ['3:7 "keep" is empty: at least one is wanted']],
  [
    "a mistake in a list",
    keep("[{ last: 1 }, { witin: 7d }]"),
    ['3:29 "witin" is no key of keep -> within'],
  ],
  [
    "none beside others",
    keep("{ none: true, last: 3 }"),
    ['3:15 "none" stands alone: beside last it contradicts or adds nothing'],
  ],
  [
    "last: 0",
    keep("{ last: 0 }"),
    ['3:21 "0" keeps nothing; leave it out, or say none: true to keep nothing at all'],
  ],
  [
    "a count in quotes",
    keep('{ last: "3" }'),
    ['3:21 "3" is not a whole number of at least 1 -> 3'],
  ],
  ["part of an image", keep("{ last: 1.5 }"), ['3:21 "1.5" is not a whole number of at least 1']],
  [
    "a number without a unit",
    keep("{ within: 30 }"),
    ['3:23 "30" has no unit; a duration such as 90m, 36h or 7d is wanted -> 30d'],
  ],
  [
    "a size for a time",
    keep("{ within: 10GB }"),
    ['3:23 "10GB" is a size; a duration such as 90m, 36h or 7d is wanted'],
  ],
  [
    "a time for a size",
    line("buildCache: { atMost: 7d }"),
    ['2:23 "7d" is a duration; a size such as 500MB, 10GB or 2GiB is wanted'],
  ],
  [
    "a share for a time",
    keep("{ within: 50% }"),
    ['3:23 "50%" is a share; a duration such as 90m, 36h or 7d is wanted'],
  ],
  [
    "a size for a number of images",
    line("limits: { images: 10GB }"),
    ['2:19 "10GB" is a size; a share of the images such as 50%, or a number of them is wanted'],
  ],
  [
    "more than any time",
    keep("{ within: 9999999d }"),
    ['3:23 "9999999d" is more than a thousand years'],
  ],
  [
    "an order of versions without anything to order",
    keep("{ within: 7d, by: version }"),
    ['3:31 "version" orders by version, and there is none of last, perMajor, perMinor to order'],
  ],
  ["months", keep("{ within: 6 months }"), [`3:23 "6 months" ${NO_DURATION} -> 180d`]],
  ["a month by ISO 8601", keep("{ within: P2M }"), [`3:23 "P2M" ${NO_DURATION} -> P60D`]],
  ["a unit in words", keep("{ within: 3 weeks }"), [`3:23 "3 weeks" ${NO_DURATION} -> 3w`]],
  [
    "nothing behind a key",
    keep("{ within: }"),
    ['3:15 "within" is an empty value; a duration such as 90m, 36h or 7d is wanted'],
  ],
  [
    "an order",
    keep("{ last: 1, by: versoin }"),
    ['3:28 "versoin" is not one of active, used, arrived, created, version -> version'],
  ],
  [
    "a mistyped group",
    keep("{ last: 1, per: repositry }"),
    ['3:29 "repositry" is neither repository nor target, nor an expression -> repository'],
  ],
  ["a group outside RE2", keep("{ last: 1, per: '^(?=a)' }"), [`3:29 "^(?=a)" ${NO_RE2}`]],
  [
    "an expression outside RE2",
    match(String.raw`tag: '/(a)\1/'`),
    [String.raw`3:21 "/(a)\\1/" ${NO_RE2}`],
  ],
  [
    "half an expression",
    match("tag: '/^v'"),
    ['3:21 "/^v" begins with / as an expression does, and does not end with one -> /^v/'],
  ],
  [
    "a range that is none",
    match("tag: { semver: newest }"),
    ['3:31 "newest" is not a range of versions as node-semver reads it, such as ">=1.2 <2"'],
  ],
  [
    "a range that holds nothing",
    match('tag: { semver: ">=2 <1" }'),
    ['3:31 ">=2 <1" holds for no version at all'],
  ],
  ["a bracket", match('tag: "[a"'), ['3:21 "[a" opens a "[" that no "]" closes']],
  [
    "a range from behind",
    match('tag: "[z-a]"'),
    ['3:21 "[z-a]" has a range whose end comes before its start: z-a'],
  ],
  [
    "stars together",
    match('tag: "dev**"'),
    ['3:21 "dev**" has ** beside other characters; ** is a segment of its own -> dev*'],
  ],
  [
    "braces",
    match('tag: "{a,b}"'),
    ['3:21 "{a,b}" has braces, which are no part of a glob; write a list of patterns'],
  ],
  [
    "a tag with its repository",
    match('tag: "app:1"'),
    ['3:21 "app:1" has ":" or "/", which no tag has -> 1'],
  ],
  [
    "a repository with a tag",
    match('repository: "app:1"'),
    ['3:28 "app:1" has a tag; reference: is on repository and tag, tag: on the tag alone -> app'],
  ],
  [
    "a registry with a path",
    match('registry: "https://example.com/x"'),
    ['3:26 "https://example.com/x" is not only the host of a registry -> example.com'],
  ],
  [
    "a digest in a reference",
    line('protect: ["app@sha256:0f"]'),
    ['2:11 "app@sha256:0f" has a digest; by digest an image is matched with digest: "sha256:…"'],
  ],
  [
    "a digest for a name",
    line("protect: [sha256:0f1e2d]"),
    ['2:11 "sha256:0f1e2d" has a digest; by digest an image is matched with digest: "sha256:…"'],
  ],
  ["a name without its tag", line('protect: ["app:"]'), ['2:11 "app:" ends without a tag -> app']],
  [
    "a folder for its repositories",
    match("repository: team/"),
    ['3:28 "team/" ends with /, as no name does -> team/**'],
  ],
  [
    "a port that is none",
    line('protect: ["app:1.0/web"]'),
    ['2:11 "app:1.0/web" is not how a name looks'],
  ],
  ["letters that no tag has", match('tag: "über-*"'), ['3:21 "über-*" is not how a tag looks']],
  [
    "half a digest",
    match('digest: "sha256:0f1e"'),
    ['3:24 "sha256:0f1e" is not a whole digest -> sha256:0f1e*'],
  ],
  [
    "a digest without its algorithm",
    match("digest: 0f1e2d"),
    ['3:24 "0f1e2d" has no algorithm, as in sha256:… -> sha256:0f1e2d*'],
  ],
  [
    "half a platform",
    match("platform: arm64"),
    ['3:26 "arm64" has no operating system in front, as in linux/amd64 -> linux/arm64'],
  ],
  ["a label without a key", match('label: "=x"'), ['3:23 "=x" has no key in front of its value']],
  [
    "a pattern where one image is meant",
    match('createdBefore: "app:*"'),
    ['3:31 "app:*" is not the name or ID of one image'],
  ],
  [
    "upper case",
    match("repository: Team/app"),
    ['3:28 "Team/app" has upper-case letters, which no repository has -> team/app'],
  ],
  [
    "a number as a tag",
    match("tag: 1.10"),
    ['3:21 "1.10" is a number to YAML; a pattern in quotes is wanted -> "1.10"'],
  ],
  ["no pattern", match('tag: ""'), ['3:21 "" is an empty pattern, which nothing can match']],
  [
    "an unknown state",
    match("state: danglin"),
    [
      '3:23 "danglin" is not one of untagged, dangling, unused, stopped, running, referrer -> dangling',
    ],
  ],
  [
    "a size without comparison",
    match("size: 1GB"),
    ['3:22 "1GB" is not a comparison such as ">1GB", "<=500MB" or ">1GB <5GB" -> ">1GB"'],
  ],
  [
    "a size that is none",
    match('size: ">lots"'),
    ['3:22 ">lots" is not a size such as 500MB, 10GB or 2GiB'],
  ],
  [
    "sizes that exclude each other",
    match('size: ">5GB <1GB"'),
    ['3:22 ">5GB <1GB" holds for no size at all'],
  ],
  [
    "by without olderThan",
    match("by: used"),
    ['3:16 "by" says which time olderThan goes by, and there is no olderThan'],
  ],
  [
    "two deep mistakes",
    match("any: [{ not: { tga: a } }, { label: 1 }]"),
    [
      '3:31 "tga" is no key of a match -> tag',
      '3:52 "1" is a number to YAML; a pattern in quotes is wanted -> "1"',
    ],
  ],
  [
    "an unknown pressure",
    rule("{ keep: { last: 1 }, underPressure: evct }"),
    ['3:41 "evct" is not evict -> evict'],
  ],
  [
    "a word for true",
    rule("{ keep: { last: 1 }, onlyUnderPressure: yes }"),
    ['3:45 "yes" is neither true nor false -> true'],
  ],
  [
    "a container key",
    line("containers: { exitd: { within: 1d } }"),
    ['2:15 "exitd" is no key of containers -> exited'],
  ],
  [
    "named volumes without a name",
    line("volumes: { named: { within: 7d } }"),
    ['2:12 "named" takes named volumes, which go only by a match on name or label; add match:'],
  ],
  [
    "a cache rule of nothing",
    line("buildCache: { types: regular }"),
    ['2:1 "buildCache" has none of within, atMost, whileAbove; to take all of it say within: 0s'],
  ],
  [
    "a kind of cache record",
    line("buildCache: { types: source.locl, within: 7d }"),
    [
      '2:22 "source.locl" is not one of regular, internal, frontend, source.local, source.git.checkout, exec.cachemount -> source.local',
    ],
  ],
  [
    "a share without a sign",
    line("headroom: { start: 85, stop: 70% }"),
    [
      '2:20 "85" has no unit; a share of the disk such as 85%, or a size such as 50GB is wanted -> 85%',
    ],
  ],
  [
    "units mixed up",
    line("headroom: { start: 85%, stop: 10GB }"),
    ['2:31 "10GB" is in another unit than start: both are shares of the disk, or both are sizes'],
  ],
  [
    "stop above start",
    line("headroom: { start: 70%, stop: 85% }"),
    ['2:31 "85%" is above start: evicting goes from start down to stop'],
  ],
  [
    "more than the disk",
    line("headroom: { start: 185%, stop: 85% }"),
    ['2:20 "185%" is more than the whole disk'],
  ],
  [
    "a limit without a unit",
    line("limits: { images: 0.5, bytes: 10 }"),
    [
      '2:19 "0.5" is not a share of the images such as 50%, or a number of them -> 50%',
      '2:31 "10" has no unit; a size such as 500MB, 10GB or 2GiB is wanted -> 10GB',
    ],
  ],
  [
    "a backup to nowhere",
    line("recovery: { mode: backup }"),
    ['2:19 "backup" needs the repository to push to, as backup:'],
  ],
  [
    "a target of two kinds",
    line("targets: { a: { engine: default, layout: . } }"),
    ['2:12 "a" has more than one of engine, layout, registry; it is one of them'],
  ],
  [
    "a scheme that no engine has",
    line("targets: { a: { engine: uinx:///run/docker.sock } }"),
    [
      '2:25 "uinx:///run/docker.sock" is no address of an engine, which begins with one of unix://, tcp://, ssh://, npipe://, docker://, podman:// -> unix:///run/docker.sock',
    ],
  ],
  [
    "a scheme that no registry has",
    line("targets: { a: { registry: ftp://example.com } }"),
    [
      '2:27 "ftp://example.com" is no address of a registry: it is spoken to by https -> https://example.com',
    ],
  ],
  [
    "a registry with a repository",
    line("targets: { a: { registry: https://example.com/team/app } }"),
    [
      '2:27 "https://example.com/team/app" is more than a registry; its repositories stand under repositories: -> https://example.com',
    ],
  ],
  [
    "a target's name",
    line("targets: { a b: { engine: default } }"),
    ['2:12 "a b" is no name of a target: letters, digits, and . _ - behind the first'],
  ],
  [
    "what is in use on something that is no engine, or no target",
    ["version: 1", "targets: { a: { layout: . } }", "inUseOn: [a, b, kubernetes:c]"].join("\n"),
    [
      '3:11 "a" is a layout; an engine among them is wanted, or kubernetes:CONTEXT',
      '3:14 "b" is none of the targets; an engine among them is wanted, or kubernetes:CONTEXT',
    ],
  ],
  [
    "a cluster without a context",
    line("inUseOn: ['kubernetes:']"),
    [
      '2:11 "kubernetes:" names no context of the kubeconfig; write for example kubernetes:production',
    ],
  ],
  [
    "a cron expression of six fields",
    line('schedule: "0 0 2 * * 0"'),
    [
      '2:11 "0 0 2 * * 0" is no cron expression of five fields: minute, hour, day of the month, month, day of the week',
    ],
  ],
  [
    "minute 61",
    line('schedule: "61 * * * *"'),
    ['2:11 "61 * * * *" is no cron expression: Invalid value for minute: 61'],
  ],
  [
    "the thirty-first of February",
    line('schedule: "0 2 31 2 *"'),
    ['2:11 "0 2 31 2 *" names a day that none of its months has'],
  ],
  [
    "a zone",
    line("timeZone: Europe/Berlim"),
    ['2:11 "Europe/Berlim" is no time zone -> Europe/Berlin'],
  ],
  [
    "everything protected",
    line('protect: ["**", {}]'),
    [
      "2:11 this protects every image there is: nothing could ever be removed",
      "2:17 this protects every image there is: nothing could ever be removed",
    ],
  ],
  [
    "a rule behind one that takes all of it, in a file with another mistake",
    line(
      "images:\n  - { name: all, match: { tag: dev* }, keep: { last: 1 } }\n  - { match: { tag: dev-*, label: x }, keep: { last: 2 } }\n  - { match: { tga: x }, keep: { last: 3 } }",
    ),
    [
      '4:5 rule "rule 2" can never decide: "all" (line 3) takes everything it matches',
      '5:16 "tga" is no key of a match -> tag',
    ],
  ],
];

test.each(wrong)("%s", (_, text, mistakes) => {
  expect(mistakesIn(text)).toEqual(mistakes);
});

test("every mistake of a file at once, in the order of the file", () => {
  const text = wrong
    .filter(([what]) =>
      ["an unknown section", "a zone", "units mixed up", "last: 0"].includes(what),
    )
    .map(([, each]) => each.replace("version: 1\n", ""))
    .join("");
  expect(mistakesIn(`version: 1\n${text}`).map((each) => each.split(" ")[0])).toEqual([
    "2:1",
    "4:21",
    "5:31",
    "6:11",
  ]);
});
