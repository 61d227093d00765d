import { openContainerd } from "./containerd-open.ts";
import { readAgainIfGone } from "../read-again.ts";
import { readContainerdList } from "./read-containerd-list.ts";
import { readContainerdStore } from "./read-containerd-store.ts";
import type { ImageReading, ImagesRead } from "../read-images.ts";

/** Images of an engine with a containerd store: from its containerd where that can be reached, else from its own list. */
export async function readContainerdImages(reading: ImageReading): Promise<ImagesRead> {
  return (await readAgainIfGone(() => readStore(reading))) ?? readContainerdList(reading);
}

async function readStore(reading: ImageReading): Promise<ImagesRead | undefined> {
  const { client, traits, containerdAddress, signal } = reading;
  const opened = await openContainerd(client, traits, containerdAddress, signal);
  if (opened === undefined) return undefined;
  try {
    return await readContainerdStore(reading, opened);
  } finally {
    opened.connection.close();
  }
}
