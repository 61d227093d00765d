import { describeImports, describeRefusals, registryOf } from "./imported-cases.ts";

type Rule = Readonly<Record<string, unknown>>;

/** An ECR rule of which only the selection matters. */
function rule(rulePriority: number, selection: Rule, action: Rule = { type: "expire" }): Rule {
  return { rulePriority, selection, action };
}

const count = (countNumber: number): Rule => ({ countType: "imageCountMoreThan", countNumber });
const days = (countNumber: number): Rule => ({
  countType: "sinceImagePushed",
  countUnit: "days",
  countNumber,
});
const tagged = (...tagPrefixList: readonly string[]): Rule => ({
  tagStatus: "tagged",
  tagPrefixList,
});
const tagsLike = (...tagPatternList: readonly string[]): Rule => ({
  tagStatus: "tagged",
  tagPatternList,
});
const UNTAGGED: Rule = { tagStatus: "untagged" };
const ANY: Rule = { tagStatus: "any" };

const rules = (...all: readonly Rule[]): unknown => ({ rules: all });

const MULTI = "A[beta-1,prod-1]@10d B[beta-2,prod-2]@9d C[beta-3]@8d";
const PAIRS =
  "A[alpha-1]@12d B[beta-1]@11d C[alpha-2,beta-2]@10d D[alpha-3]@4d E[beta-3]@3d F[alpha-4,beta-4]@2d";
const RANKED = Array.from({ length: 24 }, (_, n) => `i${n + 10}[v${n}]@${n + 1}d`).join(" ");
const INDEX = `${RANKED.replace("i19[v9]@10d", "i19[v9]@10d{kid1,kid2}")} kid1[]@90d kid2[]@90d`;
const YOUNG_KIDS = INDEX.replaceAll("@90d", "@1h");

describeImports("ecr", [
  {
    id: "ECR-01",
    what: "untagged for more than 14 days",
    policy: rules(rule(1, { ...UNTAGGED, ...days(14) })),
    holds: "U1[]@20d U2[]@3d T[v1]@90d",
    deletes: "U1",
  },
  {
    id: "ECR-02",
    what: "one untagged image stays",
    policy: rules(rule(1, { ...UNTAGGED, ...count(1) })),
    holds: "U1[]@3d U2[]@2d U3[]@1d",
    deletes: "U1 U2",
  },
  {
    id: "ECR-03",
    what: "what the first rule claims counts for the second, and does not go by it",
    policy: rules(
      rule(1, { ...tagged("prod"), ...count(1) }),
      rule(2, { ...tagged("beta"), ...count(1) }),
    ),
    holds: MULTI,
    deletes: "A",
  },
  {
    id: "ECR-04",
    what: "the same the other way round",
    policy: rules(
      rule(1, { ...tagged("beta"), ...count(1) }),
      rule(2, { ...tagged("prod"), ...count(1) }),
    ),
    holds: MULTI,
    deletes: "A B",
  },
  {
    id: "ECR-04-priorities",
    what: "rules go by priority, wherever they stand",
    policy: rules(
      rule(20, { ...tagged("prod"), ...count(1) }),
      rule(10, { ...tagged("beta"), ...count(1) }),
    ),
    holds: MULTI,
    deletes: "A B",
  },
  {
    id: "ecr-both-tags",
    what: "several prefixes of one rule: an image needs a tag for each",
    policy: rules(rule(1, { ...tagged("alpha", "beta"), ...days(5) })),
    holds: PAIRS,
    deletes: "C",
  },
  {
    id: "ecr-both-tags-counted",
    what: "several patterns of one rule count images that have both",
    policy: rules(rule(1, { ...tagsLike("alpha*", "*beta*"), ...count(1) })),
    holds: PAIRS,
    deletes: "C",
  },
  {
    id: "ecr-other-tag",
    what: "one tag claims the image with all its tags",
    policy: rules(rule(1, { ...tagged("prod"), ...days(5) })),
    holds: "A[prod-1,latest]@10d B[latest-2]@10d",
    deletes: "A",
  },
  {
    id: "ecr-literal",
    what: "a pattern without wildcards is the whole tag, and other signs mean themselves",
    policy: rules(rule(1, { ...tagsLike("v1"), ...days(5) })),
    holds: "A[v1]@10d B[v10]@10d",
    deletes: "A",
  },
  {
    id: "ECR-07",
    what: "one image of any kind stays",
    policy: rules(rule(1, { ...ANY, ...count(1) })),
    holds: "A[alpha-1]@4d B[beta-1]@3d C[]@2d D[alpha-2]@1d",
    deletes: "A B C",
  },
  {
    id: "ECR-10",
    what: "24 images, 20 stay, the old children of one that stays are not ranked",
    policy: rules(rule(1, { ...ANY, ...count(20) })),
    holds: INDEX,
    deletes: "i30 i31 i32 i33",
  },
  {
    id: "ECR-10-young",
    what: "young children take no place either",
    policy: rules(rule(1, { ...ANY, ...count(20) })),
    holds: YOUNG_KIDS,
    deletes: "i30 i31 i32 i33",
  },
  {
    id: "ECR-11",
    what: "a tag that came today makes the image young",
    differs: "an image arrives with its latest tag, not with its first push",
    policy: rules(rule(1, { ...tagsLike("prod*"), ...days(30) })),
    holds: {
      target: "registry",
      images: {
        promoted: {
          names: "registry.example.com/app:prod-5",
          created: "60d",
          arrived: "1h",
        },
        old: { names: "registry.example.com/app:prod-4", created: "60d", arrived: "60d" },
      },
    },
    deletes: "old",
  },
  {
    id: "ECR-12",
    what: "what a container runs stays",
    differs: "in use means keep",
    policy: rules(rule(1, { ...ANY, ...days(30) })),
    holds: { ...registryOf("A[v1]@90d B[v2]@90d"), containers: { service: { image: "A" } } },
    deletes: "B",
  },
  {
    id: "ecr-archive",
    what: "what ECR would move to its archive is kept, and claimed",
    policy: rules(
      rule(
        1,
        { ...tagged("prod"), ...days(30), countType: "sinceImagePulled" },
        { type: "transition", targetStorageClass: "archive" },
      ),
      rule(2, { ...ANY, ...count(1) }),
    ),
    holds: "A[prod-1]@90d B[dev-1]@90d C[dev-2]@1d",
    deletes: "B",
    remarks: "moves these images to its archive",
  },
  {
    id: "ecr-cli",
    what: "as the command line prints it: of one repository only",
    policy: {
      registryId: "012345678910",
      repositoryName: "team/app",
      lifecyclePolicyText: JSON.stringify(rules(rule(1, { ...ANY, ...count(1) }))),
    },
    holds:
      "A[v1]@3d B[v2]@2d C[v1]@3d=registry.example.com/other D[v2]@2d=registry.example.com/other",
    deletes: "A",
  },
]);

describeRefusals("ecr", [
  {
    id: "ECR-09-priority",
    what: "two rules of one priority",
    policy: rules(
      rule(1, { ...tagged("a"), ...count(1) }),
      rule(1, { ...tagged("b"), ...count(1) }),
    ),
    problems: ["rules[1].rulePriority: 1 stands at another rule already"],
  },
  {
    id: "ECR-09-untagged-list",
    what: "untagged images by their tags",
    policy: rules(rule(1, { ...UNTAGGED, tagPrefixList: ["a"], ...count(1) })),
    problems: ["tagStatus untagged takes no list"],
  },
  {
    id: "ECR-09-no-list",
    what: "tagged images without a list",
    policy: rules(rule(1, { tagStatus: "tagged", ...count(1) })),
    problems: ["needs a list of tags"],
  },
  {
    id: "ECR-09-both-lists",
    what: "prefixes and patterns at once",
    policy: rules(rule(1, { ...tagged("a"), ...tagsLike("b*"), ...count(1) })),
    problems: ["not both"],
  },
  {
    id: "ECR-09-unit",
    what: "a count of images in days",
    policy: rules(rule(1, { ...ANY, ...count(1), countUnit: "days" })),
    problems: ["selection.countUnit"],
  },
  {
    id: "ECR-09-zero",
    what: "a count of 0",
    policy: rules(rule(1, { ...ANY, ...count(0) })),
    problems: ["countNumber: must be a whole number, 1 or more, not 0"],
  },
  {
    id: "ECR-09-any",
    what: "any before another rule",
    policy: rules(rule(1, { ...ANY, ...count(1) }), rule(2, { ...tagged("b"), ...count(1) })),
    problems: ["any must have the highest rulePriority"],
  },
  {
    id: "ECR-09-stars",
    what: "five wildcards",
    policy: rules(rule(1, { ...tagsLike("*a*b*c*d*"), ...count(1) })),
    problems: ['"*a*b*c*d*" has more than 4 wildcards'],
  },
  {
    id: "ECR-09-two-untagged",
    what: "two rules on untagged images",
    policy: rules(rule(1, { ...UNTAGGED, ...count(1) }), rule(2, { ...UNTAGGED, ...days(1) })),
    problems: ["only one rule may be on untagged images"],
  },
  {
    id: "ecr-pulled",
    what: "nothing expires by its last pull",
    policy: rules(rule(1, { ...ANY, ...days(3), countType: "sinceImagePulled" })),
    problems: ["goes with the action transition only"],
  },
  {
    id: "ecr-all-at-once",
    what: "every mistake is said",
    policy: { rules: [{ rulePriority: "1", selection: { tagStatus: "some" } }], version: 2 },
    problems: ["rulePriority", "action.type", "tagStatus", "countType", "countNumber"],
  },
  { id: "ecr-no-json", what: "no JSON", policy: "{rules: []}", problems: ["this is not JSON"] },
  { id: "ecr-empty", what: "an empty text", policy: " ", problems: ["the text is empty"] },
]);
