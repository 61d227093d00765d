import { readDistribution } from "./distribution.ts";
import { readDtr } from "./dtr.ts";
import { isFields, MalformedEvent } from "./event-fields.ts";
import { readHarbor } from "./harbor.ts";
import type { ReadOptions, Told } from "./told.ts";

/** What a registry tells in one message; throws `MalformedEvent` where it is none of the known forms. */
export function readMessage(text: string, options: ReadOptions): Told {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw new MalformedEvent("the message is not JSON");
  }
  if (!isFields(message)) throw new MalformedEvent("the message is no object");
  if ("events" in message) return readDistribution(message, options);
  if ("event_data" in message || "specversion" in message) return readHarbor(message, options);
  if ("contents" in message) return readDtr(message, options);
  throw new MalformedEvent("the message is neither distribution's, nor Harbor's, nor DTR's");
}
