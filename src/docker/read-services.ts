import type { Service } from "../inventory/resources.ts";
import type { EngineClient } from "./connection/engine-client.ts";

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

/** As `readServices`, from the specifications alone: a task that runs is a container. */
export async function readSpecifiedImages(client: EngineClient): Promise<readonly Service[]> {
  const services = await client.getJson<readonly ServiceAnswer[] | null>("/services");
  return toServices(services ?? [], []);
}

export function toServices(
  services: readonly ServiceAnswer[],
  tasks: readonly TaskAnswer[],
): readonly Service[] {
  const tasksOf = Map.groupBy(tasks, (task) => task.ServiceID ?? "");
  // A task may be of a service that came after the list, or went before it.
  const listed = new Set(services.map(({ ID }) => ID));
  const unlisted = [...tasksOf.keys()].filter((id) => !listed.has(id)).map((ID) => ({ ID }));
  return [...services, ...unlisted].flatMap((service: ServiceAnswer) => {
    const named = [
      service.Spec?.TaskTemplate?.ContainerSpec?.Image,
      service.PreviousSpec?.TaskTemplate?.ContainerSpec?.Image,
      ...(tasksOf.get(service.ID) ?? []).map((task) => task.Spec?.ContainerSpec?.Image),
    ];
    const images = new Set(named.flatMap((image) => image || []));
    if (images.size === 0 && !listed.has(service.ID)) return [];
    return { id: service.ID, name: service.Spec?.Name ?? service.ID, images: [...images] };
  });
}
