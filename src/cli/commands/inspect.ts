import { inspectImages, type InspectedImage } from "../../operations/inspect-images.ts";
import type { CliContext } from "../cli-context.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { findImage } from "../find-image.ts";
import { inspectDocument, templateValue } from "../inspect-document.ts";
import { parseTemplate } from "../format-template/parse-template.ts";
import { renderTemplate } from "../format-template/render-template.ts";
import { TEMPLATE_FUNCTIONS, TemplateError, type Template } from "../format-template/template.ts";
import { writeDocument } from "../json-chunks.ts";
import { printableLines } from "../view-human/printable.ts";
import { renderInspected } from "../view-human/view-inspected.ts";
import { observe, withTarget } from "../with-target.ts";

export const command = defineCommand({
  operands: "<image...>",
  operandCompletion: "image",
  description:
    "Everything known about images: names, times, platforms, use, sizes and labels. " +
    "A format template sees the fields that docker image inspect has, and beside them Arrived, LastUsed, FirstSeen, State, " +
    "UsedBy, Labels, Platforms, ExclusiveBytes and SharedBytes. It is a part of Go's template language: field paths, " +
    `range, if, else, and the functions ${Object.keys(TEMPLATE_FUNCTIONS).join(", ")}.`,
  flags: {
    format: {
      kind: "value",
      short: "f",
      placeholder: "TEMPLATE",
      help: "print what the template makes of each image, a line each",
    },
  },
  examples: [
    { command: "inspect nginx:1.27", does: "for reading" },
    {
      command: "inspect -f '{{.Id}} {{.ExclusiveBytes}}' app:1 app:2",
      does: "two fields of two images",
    },
    { command: "inspect -f '{{json .Labels}}' app:1", does: "labels as JSON" },
    {
      command: "inspect -f '{{range .RepoTags}}{{println .}}{{end}}' 3f2a9c1b77de",
      does: "its names, a line each",
    },
  ],
  run(context, { operands, flags }) {
    const template = flags.format === undefined ? undefined : parseFormat(flags.format);
    if (template !== undefined && flags.json) {
      throw new CliError("--format and --json say two things: give one of them", [], EXIT.usage);
    }
    return withTarget(context, flags.target, async (session) => {
      const inventory = await observe(context, session);
      const images = operands.map((text) =>
        findImage(context, inventory.images, text, flags.target),
      );
      const inspected = await inspectImages(inventory, images, session.details);
      if (template !== undefined)
        for (const each of inspected) context.stdout.write(`${fill(template, each)}\n`);
      else if (flags.json)
        writeDocument(context.stdout, inspectDocument(inspected, inventory.accuracy));
      else writeForPeople(context, inspected);
      return EXIT.done;
    });
  },
});

function writeForPeople(context: CliContext, inspected: readonly InspectedImage[]): void {
  const parts = inspected.map((each) => renderInspected(context.stdout, each, context.clock()));
  context.stdout.write(parts.join("\n"));
}

function parseFormat(text: string): Template {
  try {
    return parseTemplate(text);
  } catch (error) {
    throw asUsageError(error);
  }
}

function fill(template: Template, inspected: InspectedImage): string {
  try {
    return printableLines(renderTemplate(template, templateValue(inspected)));
  } catch (error) {
    throw asUsageError(error);
  }
}

function asUsageError(error: unknown): unknown {
  if (!(error instanceof TemplateError)) return error;
  return new CliError(`the format template is wrong: ${error.message}`, [], EXIT.usage);
}
