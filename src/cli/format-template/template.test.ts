import { describe, expect, test } from "vitest";

import { parseTemplate } from "./parse-template.ts";
import { renderTemplate } from "./render-template.ts";

const value = {
  Id: "sha256:abc",
  RepoTags: ["app:1", "app:2"],
  Labels: { b: "2", a: "1" },
  Config: { Env: ["A=1"], User: "" },
  Size: 1200,
  Used: null,
  Empty: [],
};

const fill = (text: string): string => renderTemplate(parseTemplate(text), value);

describe("format template", () => {
  test.each([
    ["text only", "text only"],
    ["{{.Id}}", "sha256:abc"],
    ["{{ .Id }} is {{.Size}}", "sha256:abc is 1200"],
    ["{{.RepoTags}}", "[app:1 app:2]"],
    ["{{.Labels}}", "map[a:1 b:2]"],
    ["{{.Used}}", "-"],
    ["{{json .Labels}}", '{"b":"2","a":"1"}'],
    ["{{json .}}", JSON.stringify(value)],
    ["{{.RepoTags | json}}", '["app:1","app:2"]'],
    ["{{len .RepoTags}}", "2"],
    ['{{index .Labels "a"}}', "1"],
    ['{{index .Labels "missing"}}', ""],
    ["{{index .RepoTags 1}}", "app:2"],
    ['{{index .Config "Env" 0}}', "A=1"],
    ["{{(index .Config.Env 0)}}", "A=1"],
    ['{{join .RepoTags ", "}}', "app:1, app:2"],
    ["{{join .RepoTags `|` | upper}}", "APP:1|APP:2"],
    ["{{range .RepoTags}}<{{.}}>{{end}}", "<app:1><app:2>"],
    ["{{range .RepoTags}}{{println .}}{{end}}", "app:1\napp:2\n"],
    ["{{range .Labels}}{{.}}{{end}}", "12"],
    ["{{range .Empty}}x{{else}}none{{end}}", "none"],
    ["{{range .RepoTags}}{{$.Size}} {{end}}", "1200 1200 "],
    ["{{if .Used}}used{{else}}never{{end}}", "never"],
    ["{{if .Config.User}}u{{else if .RepoTags}}tags{{else}}none{{end}}", "tags"],
    ["{{if not .Empty}}empty{{end}}", "empty"],
    ['{{if eq .Size 1200}}yes{{end}}{{if ne .Id "x"}}!{{end}}', "yes!"],
    ["a  {{- /* nothing */ -}}  b", "ab"],
    ['{{index .Labels "}}"}}', ""],
  ])("%s", (text, expected) => {
    expect(fill(text)).toBe(expected);
  });

  test("a dash beside the braces takes the white space away", () => {
    expect(fill("a \n {{- .Size -}} \n b")).toBe("a1200b");
  });

  test.each([
    ["{{.Id", 'lacks its "}}"'],
    ['{{"open}}', 'lacks its "}}"'],
    ["{{.id}}", 'did you mean ".Id"?'],
    ["{{.Nope}}", "there are Id, RepoTags"],
    ["{{.Size.Bytes}}", "what is no object"],
    ["{{.constructor}}", 'no field ".constructor"'],
    ["{{exec .Id}}", 'no function "exec"'],
    ["{{json}}", "json takes 1 argument, not 0"],
    ["{{index .Labels}}", "index takes 2 to 8 arguments, not 1"],
    ["{{index .RepoTags 5}}", "index 5 is not in a list of 2"],
    ["{{.Id | .Size}}", "takes no value"],
    ["{{range .RepoTags}}", "lacks its {{end}}"],
    ["{{end}}", "without a {{range}} or {{if}}"],
    ["{{range .Size}}{{end}}", "range cannot walk through 1200"],
    ["{{}}", "something is missing"],
    ["{{.Id .Size}}", "does not belong"],
    ["{{%}}", "is not understood"],
    ["{{(.Id}}", '")" is missing'],
  ])("%s: %s", (text, message) => {
    expect(() => fill(text)).toThrow(message);
  });

  test("no template makes parsing slow", () => {
    expect(() => fill(`{{${'"'.repeat(50_001)}`)).toThrow("lacks its");
    expect(() => fill("{{ ".repeat(2_000))).toThrow("lacks its");
  });
});
