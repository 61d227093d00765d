/** PEM texts. Without `ca` the system's own authorities count. */
export interface EngineTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Encrypted, but the engine's identity is not checked. */
  readonly skipVerify: boolean;
}

/** How an engine is reached. */
export type EngineEndpoint =
  | { readonly kind: "unix"; readonly socketPath: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly tls?: EngineTls }
  | {
      readonly kind: "ssh";
      readonly host: string;
      readonly port?: number;
      readonly user?: string;
      /** The engine's socket on that host, where it is not docker's default. */
      readonly socketPath?: string;
    };
