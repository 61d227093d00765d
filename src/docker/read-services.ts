import type { Service } from "../inventory/resources.ts";
import type { EngineClient } from "./engine-client.ts";

interface ServiceSpecAnswer {
  readonly Name?: string;
  readonly TaskTemplate?: { readonly ContainerSpec?: { readonly Image?: string } | null };
}

/** One element of `GET /services`, as far as it is read. */
export interface ServiceAnswer {
  readonly ID: string;
  readonly Spec?: ServiceSpecAnswer;
  readonly PreviousSpec?: ServiceSpecAnswer | null;
}

/** One element of `GET /tasks`, as far as it is read. */
export interface TaskAnswer {
  readonly ServiceID?: string;
  readonly Spec?: { readonly ContainerSpec?: { readonly Image?: string } | null };
}

/**
 * The images that Swarm services name: by the current specification, by the previous one (a roll-back starts it), and by
 * tasks that are still there. Only a manager knows them.
 */
export async function readServices(
  client: EngineClient,
  signal: AbortSignal,
): Promise<readonly Service[]> {
  const [services, tasks] = await Promise.all([
    client.getJson<readonly ServiceAnswer[] | null>("/services", { signal }),
    client.getJson<readonly TaskAnswer[] | null>("/tasks", { signal }),
  ]);
  return toServices(services ?? [], tasks ?? []);
}

export function toServices(
  services: readonly ServiceAnswer[],
  tasks: readonly TaskAnswer[],
): readonly Service[] {
  const imagesOfTasks = Map.groupBy(tasks, (task) => task.ServiceID ?? "");
  return services.map((service) => {
    const named = [
      service.Spec?.TaskTemplate?.ContainerSpec?.Image,
      service.PreviousSpec?.TaskTemplate?.ContainerSpec?.Image,
      ...(imagesOfTasks.get(service.ID) ?? []).map((task) => task.Spec?.ContainerSpec?.Image),
    ];
    const images = new Set(named.filter((image) => image !== undefined && image !== ""));
    return {
      id: service.ID,
      name: service.Spec?.Name ?? service.ID,
      images: [...images] as string[],
    };
  });
}
