import type { VendorName } from "../inventory/registry-vendor.ts";
import type { Clock } from "../ports/clock.ts";
import type { FactsCache } from "../ports/facts-cache.ts";
import type { FindAwsCredentials, RegistryCredentials } from "../ports/registry-credentials.ts";
import { openVendor } from "./open-vendor.ts";
import { detectVendor } from "./detect-vendor.ts";
import { ContentPusher } from "./push-content.ts";
import { RegistryClient } from "./registry-client.ts";
import { RegistryTransport, type TransportOptions } from "./transport.ts";
import type { RegistryVendor } from "./vendor.ts";
import type { EcrPlace } from "./vendors/ecr.ts";

export interface AccessOptions {
  readonly transport: TransportOptions;
  /** As the user says; absent to be found out. */
  readonly vendor?: VendorName;
  readonly cache: FactsCache;
  readonly clock: Clock;
  /** Where Amazon's interface is, in place of where the name of the registry says. */
  readonly ecrPlace?: EcrPlace;
  /** Absent: none are known. */
  readonly findAwsCredentials?: FindAwsCredentials;
  /** Told what is done without, and why. */
  readonly notify?: (message: string) => void;
}

/** One registry with all that is needed to speak to it: the protocol, the vendor's own interface, what is remembered. */
export class RegistryAccess {
  readonly registry: string;
  readonly cache: FactsCache;
  readonly clock: Clock;
  readonly #options: AccessOptions;
  readonly #transport: RegistryTransport;
  /** Vendors' interfaces on other hosts. */
  readonly #others = new Map<string, RegistryTransport>();
  #name: Promise<VendorName> | undefined;
  #credentials: Promise<RegistryCredentials | undefined> | undefined;

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#transport = new RegistryTransport(options.transport);
    this.registry = this.#transport.registry;
    this.cache = options.cache;
    this.clock = options.clock;
  }

  client(signal: AbortSignal): RegistryClient {
    return new RegistryClient(this.#transport, signal);
  }

  pusher(signal: AbortSignal): ContentPusher {
    return new ContentPusher(this.#transport, signal);
  }

  async vendor(signal: AbortSignal): Promise<RegistryVendor> {
    const { vendor, cache, clock } = this.#options;
    this.#name ??=
      vendor === undefined
        ? detectVendor(this.#transport, cache, clock(), signal)
        : Promise.resolve(vendor);
    // What failed may be found out by the next who asks.
    this.#name.catch(() => (this.#name = undefined));
    return openVendor(await this.#name, {
      registry: this.registry,
      client: this.client(signal),
      pusher: this.pusher(signal),
      transportTo: (host) => this.#transportTo(host),
      credentials: () =>
        (this.#credentials ??= this.#options.transport.findCredentials(this.registry)),
      ecrPlace: this.#options.ecrPlace,
      awsCredentials: async () => this.#options.findAwsCredentials?.(),
      clock,
      notify: this.#options.notify ?? (() => {}),
      signal,
    });
  }

  async close(): Promise<void> {
    const all = [this.#transport, ...this.#others.values()];
    await Promise.all(all.map((transport) => transport.close()));
  }

  #transportTo(host: string): RegistryTransport {
    if (host === this.registry) return this.#transport;
    const known = this.#others.get(host);
    if (known !== undefined) return known;
    const made = new RegistryTransport({ ...this.#options.transport, endpoint: { host } });
    this.#others.set(host, made);
    return made;
  }
}
