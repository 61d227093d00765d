import { describeImports, describeRefusals, REPOSITORY } from "./imported-cases.ts";

const FOUR = "v1@1d v2@2d v3@3d v4@4d";
const PATH = REPOSITORY.slice(REPOSITORY.indexOf("/") + 1);

/** The documented way to schedule a purge. */
const TASK = `
# nightly
PURGE_CMD="acr purge --filter '${PATH}:^dev-' \\
  --ago 2d3h6m --untagged --keep 1"

az acr task create --name purgeTask \\
  --cmd "$PURGE_CMD" \\
  --schedule "0 1 * * Sun" \\
  --registry registry.example.com \\
  --context /dev/null
`;

describeImports("acr", [
  {
    id: "ACR-01",
    what: "the newest of those that the filter finds stays",
    policy: `acr purge --filter '${PATH}:.*' --ago 0d --keep 1 --untagged`,
    holds: FOUR,
    deletes: "v2 v3 v4",
  },
  {
    id: "ACR-01-names-only",
    what: "without --untagged the manifests stay",
    policy: `acr purge --filter '${PATH}:.*' --ago 0d --keep 1`,
    holds: FOUR,
    deletes: "",
    untags: "v2 v3 v4",
  },
  {
    id: "acr-young",
    what: "only what is old enough counts",
    policy: `acr purge -f "${PATH}:v[0-9]" --ago 1d12h --keep 1 --untagged`,
    holds: FOUR,
    deletes: "v3 v4",
  },
  {
    id: "ACR-03",
    what: "look-ahead is left out, and nothing goes by it",
    differs: "an expression outside RE2 is not run, and removes nothing",
    policy: `acr purge --filter '${PATH}:v1(?!-a)' --ago 0d --untagged`,
    holds: "v1-a@1d v1-b@2d v1-c@3d",
    deletes: "",
    remarks: "outside RE2",
  },
  {
    id: "ACR-06",
    what: "an untagged manifest with a subject stays, also where that is gone",
    policy: `acr purge --filter '${PATH}:never' --ago 0d --untagged`,
    holds: "sig[]@9d>gone plain[]@9d",
    deletes: "plain",
  },
  {
    id: "ACR-07",
    what: "an untagged manifest of unknown or young age stays",
    policy: `acr purge --filter '${PATH}:never' --ago 5d --untagged`,
    holds: "unknown[]@- young[]@4d old[]@6d",
    deletes: "old",
  },
  {
    id: "ACR-09",
    what: "a manifest goes when its last tag goes, in the same plan",
    policy: `acr purge --filter '${PATH}:^old' --ago 0d --untagged`,
    holds: "both[old-1,old-2]@3d one[old-3,new]@3d",
    deletes: "both",
    untags: "old-3",
  },
  {
    id: "ACR-10",
    what: "children and attestations of tagged images stay",
    policy: `acr purge --filter '${PATH}:^old' --ago 0d --untagged`,
    holds:
      "index[v1]@9d{amd64,arm64} amd64[]@9d arm64[]@9d attestation[]@9d>amd64 gone[old]@9d{child} child[]@9d",
    deletes: "child gone",
  },
  {
    id: "ACR-11",
    what: "a repository that is not there",
    policy: "acr purge --filter 'absent:.*' --ago 0d --untagged",
    holds: FOUR,
    deletes: "",
  },
  {
    id: "acr-repositories",
    what: "repositories by a whole expression, tags by a part",
    policy: `acr purge -r registry.example.com --filter "team/.*:1" --ago 0d --untagged`,
    holds: `v1@1d v2@1d v11@1d=registry.example.com/steam/app v21@1d=registry.example.com/team/b v31@1d=other.example.com/team/b`,
    deletes: "v1 v21",
  },
  {
    id: "acr-union",
    what: "filters of one command count together",
    policy: `acr purge --filter '${PATH}:a' --filter '${PATH}:b' --ago 0d --keep 1 --untagged`,
    holds: "a1@1d b1@2d b2@3d c1@9d",
    deletes: "b1 b2",
  },
  {
    id: "acr-commands",
    what: "commands are carried out one after the other",
    policy: `acr purge --filter '${PATH}:a' --ago 0d --keep 1 --untagged
acr purge --filter '${PATH}:.*' --ago 5d --untagged`,
    holds: "a1@6d a2@7d b1@1d",
    deletes: "a1 a2",
  },
  {
    id: "acr-task",
    what: "a command in a variable of a scheduled task",
    policy: TASK,
    holds: "dev-1@1d dev-2@4d dev-3@5d v1@90d old[]@3d",
    deletes: "dev-3 old",
  },
  {
    id: "acr-run",
    what: "a command of az acr run, on untagged manifests only",
    policy: `az acr run --cmd "acr purge --filter '${PATH}:.*' --untagged-only" --registry registry.example.com /dev/null`,
    holds: "v1@9d old[]@3d other[]@3d=other.example.com/team/app",
    deletes: "old",
  },
]);

describeRefusals("acr", [
  {
    id: "ACR-11-broken",
    what: "a broken expression, no expression",
    policy: "acr purge --filter 'app:[' --filter 'app:' --filter 'app' --ago 1d",
    problems: ['"[" is not an expression', "--filter app:", "--filter app"],
  },
  {
    id: "acr-mistakes",
    what: "every mistake is said",
    policy: "acr purge --ago soon --keep some --max-tags 5",
    problems: [
      "--max-tags",
      '"5" belongs to no option',
      "--filter is missing",
      "--ago soon",
      "--keep some",
    ],
  },
  {
    id: "acr-none",
    what: "another command",
    policy: "acr login -n registry",
    problems: ["no acr purge command"],
  },
]);
