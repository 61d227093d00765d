// Bytes that a plan says a removal frees, against those that are gone afterwards, on engines and on an image layout that
// hold everything which makes accounting hard. Beside it what the engine's own `docker system df` promises.

import { ENGINE_KINDS, type EngineKind } from "../test/harness/engine-kinds.ts";
import { startRegistry } from "../test/harness/registry.ts";
import { attempt } from "./figure.ts";
import { freedByApiAlone, freedOnEngine } from "./freed-on-engine.ts";
import { freedOnLayout } from "./freed-on-layout.ts";
import { onEngine } from "./on-engine.ts";

await attempt("freed: image layout", freedOnLayout);
for (const kind of ENGINE_KINDS) await onFreshEngine(kind, freedOnEngine);
await onFreshEngine("docker-latest-containerd", freedByApiAlone);

async function onFreshEngine(kind: EngineKind, measure: typeof freedOnEngine): Promise<void> {
  await attempt(`freed: ${kind}`, async () => {
    const registry = await startRegistry();
    try {
      await onEngine(`freed: ${kind}`, kind, (engine) => measure(engine, registry), {
        insecureRegistries: [registry.address],
      });
    } finally {
      await registry.stop();
    }
  });
}
