import { CliError } from "../cli/cli-error.ts";
import { EXIT } from "../cli/exit-codes.ts";
import type { RegistryPaceTexts } from "../config/read-settings.ts";
import type { PaceLimits } from "../registry/request-pace.ts";

/** Throws for what is no number of requests: going on without a limit that somebody set is no way to read it. */
export function registryPace({ rate, budget }: RegistryPaceTexts): PaceLimits {
  return {
    ...(rate === undefined
      ? {}
      : { perSecond: parse("PLIMSOLL_REGISTRY_RATE", rate, /^\d+(\.\d+)?$/) }),
    ...(budget === undefined ? {} : { most: parse("PLIMSOLL_REGISTRY_BUDGET", budget, /^\d+$/) }),
  };
}

function parse(name: string, text: string, form: RegExp): number {
  const value = Number(text);
  if (form.test(text) && value > 0) return value;
  throw new CliError(
    `${name} is ${JSON.stringify(text)}, which is no number of requests`,
    ["Write how many requests each registry may be sent, in a second or altogether, such as 50."],
    EXIT.usage,
  );
}
