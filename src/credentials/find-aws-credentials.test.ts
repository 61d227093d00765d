import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { findAwsCredentials } from "./find-aws-credentials.ts";

const FILE = `# kept by aws configure
[default]
aws_access_key_id = AKID
aws_secret_access_key=secret+/=

[ci]
AWS_ACCESS_KEY_ID = CI
aws_secret_access_key = ci-secret
aws_session_token = ci-token
[half]
aws_access_key_id = HALF
`;

test.each([
  ["the profile", { profile: "default" }, { accessKeyId: "AKID", secretAccessKey: "secret+/=" }],
  [
    "another, with a session",
    { profile: "ci" },
    { accessKeyId: "CI", secretAccessKey: "ci-secret", sessionToken: "ci-token" },
  ],
  ["half of what is needed", { profile: "half" }, undefined],
  ["a profile that is not there", { profile: "none" }, undefined],
  [
    "the environment first",
    { profile: "default", accessKeyId: "ENV", secretAccessKey: "env" },
    { accessKeyId: "ENV", secretAccessKey: "env" },
  ],
  [
    "half an environment is none",
    { profile: "default", accessKeyId: "ENV" },
    { accessKeyId: "AKID", secretAccessKey: "secret+/=" },
  ],
])("%s", async (_, places, credentials) => {
  const credentialsFile = join(scratchFolder(), "credentials");
  writeFileSync(credentialsFile, FILE);
  expect(await findAwsCredentials({ credentialsFile, ...places })).toEqual(credentials);
});

test("no file, no credentials; a file that cannot be read is told of, never quoted", async () => {
  const folder = scratchFolder();
  const absent = { credentialsFile: join(folder, "none"), profile: "default" };
  expect(await findAwsCredentials(absent)).toBeUndefined();
  await expect(findAwsCredentials({ ...absent, credentialsFile: folder })).rejects.toThrow(folder);
});
