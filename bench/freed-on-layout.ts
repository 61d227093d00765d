import { join } from "node:path";
import { writeDemoContent } from "../scripts/demo/demo-content.ts";
import { LayoutWriter } from "../scripts/demo/layout-writer.ts";
import { measureDirectory } from "../scripts/demo/measure-directory.ts";
import type { Plan } from "../src/plan/plan.ts";
import { reportFigure } from "./figure.ts";
import { PlimsollProgram } from "./plimsoll-program.ts";
import { predictionFigure } from "./prediction.ts";

export async function freedOnLayout(): Promise<void> {
  const plimsoll = new PlimsollProgram();
  try {
    const layout = new LayoutWriter(join(plimsoll.folder, "images"));
    writeDemoContent(layout, new Date());
    const target = ["-t", `oci:${layout.directory}`] as const;
    const planFile = join(plimsoll.folder, "plan.json");
    const blobs = join(layout.directory, "blobs");

    const before = measureDirectory(blobs);
    // Nothing runs from a layout, so `unused` would take all of it.
    const options = ["--preset", "production", "--no-recovery", "-o", planFile] as const;
    const plan = await plimsoll.json<Plan>("plan", ...target, ...options);
    await plimsoll.json("apply", planFile, "--yes", ...target);
    const after = measureDirectory(blobs);

    const prediction = {
      what: "freed: image layout, bytes of blobs",
      saidBy: "plimsoll plan",
      predicted: plan.totals.freesBytes,
      witness: "lengths of the files that are gone",
      freed: before.fileBytes - after.fileBytes,
    };
    reportFigure(predictionFigure(prediction, { kind: "none" }));
  } finally {
    plimsoll.discard();
  }
}
