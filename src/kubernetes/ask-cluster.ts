import { CLUSTER_PREFIX, type ForeignHost } from "../inventory/foreign-use.ts";
import { ClusterClient } from "./cluster-client.ts";
import { withPluginCredentials } from "./exec-credentials.ts";
import { readClusterUse } from "./read-cluster-use.ts";
import { readKubeconfig } from "./read-kubeconfig.ts";

/** Longer than this no cluster is asked. */
const DEADLINE_MS = 5 * 60_000;

export interface AskCluster {
  /** Of the user's kubeconfig. */
  readonly contextName: string;
  readonly kubeconfigs: readonly string[];
  /** For the credential plug-ins that a kubeconfig names. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Asks a Kubernetes cluster what it uses. Rejects with a ClusterError where it cannot be asked at all. */
export async function askCluster(options: AskCluster): Promise<ForeignHost> {
  const { contextName, kubeconfigs, environment, signal } = options;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  const { cluster, user } = readKubeconfig(kubeconfigs, contextName);
  const authenticated = await withPluginCredentials(user, cluster, environment, limited);
  const client = await ClusterClient.open({ cluster, user: authenticated });
  try {
    return await readClusterUse(`${CLUSTER_PREFIX}${contextName}`, client, limited);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await client.close();
  }
}
