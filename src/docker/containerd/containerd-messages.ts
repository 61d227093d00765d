import protobuf from "protobufjs/light.js";

/**
 * The messages of containerd's API, with the fields that are read (containerd `api/services/{images,content,snapshots,
 * leases,namespaces}/v1`, `api/types/descriptor.proto`). Field numbers are fixed by that API.
 */
const LABELS = { keyType: "string", type: "string" };

const root = protobuf.Root.fromJSON({
  nested: {
    Timestamp: { fields: { seconds: { type: "int64", id: 1 }, nanos: { type: "int32", id: 2 } } },
    Descriptor: {
      fields: {
        mediaType: { type: "string", id: 1 },
        digest: { type: "string", id: 2 },
        size: { type: "int64", id: 3 },
      },
    },
    Image: {
      fields: {
        name: { type: "string", id: 1 },
        labels: { ...LABELS, id: 2 },
        target: { type: "Descriptor", id: 3 },
        createdAt: { type: "Timestamp", id: 7 },
        updatedAt: { type: "Timestamp", id: 8 },
      },
    },
    Content: {
      fields: {
        digest: { type: "string", id: 1 },
        size: { type: "int64", id: 2 },
        labels: { ...LABELS, id: 5 },
      },
    },
    Snapshot: {
      fields: {
        name: { type: "string", id: 1 },
        parent: { type: "string", id: 2 },
        kind: { type: "int32", id: 3 },
        labels: { ...LABELS, id: 6 },
      },
    },
    Lease: { fields: { id: { type: "string", id: 1 }, labels: { ...LABELS, id: 3 } } },
    Resource: { fields: { id: { type: "string", id: 1 }, type: { type: "string", id: 2 } } },

    Namespace: { fields: { name: { type: "string", id: 1 } } },

    ListRequest: { fields: { filters: { rule: "repeated", type: "string", id: 1 } } },
    IdRequest: { fields: { id: { type: "string", id: 1 } } },
    SnapshotsRequest: { fields: { snapshotter: { type: "string", id: 1 } } },
    UsageRequest: {
      fields: { snapshotter: { type: "string", id: 1 }, key: { type: "string", id: 2 } },
    },
    ReadRequest: { fields: { digest: { type: "string", id: 1 } } },
    Images: { fields: { images: { rule: "repeated", type: "Image", id: 1 } } },
    Contents: { fields: { info: { rule: "repeated", type: "Content", id: 1 } } },
    Snapshots: { fields: { info: { rule: "repeated", type: "Snapshot", id: 1 } } },
    Usage: { fields: { size: { type: "int64", id: 1 } } },
    Leases: { fields: { leases: { rule: "repeated", type: "Lease", id: 1 } } },
    Namespaces: { fields: { namespaces: { rule: "repeated", type: "Namespace", id: 1 } } },
    Resources: { fields: { resources: { rule: "repeated", type: "Resource", id: 1 } } },
    Chunk: { fields: { data: { type: "bytes", id: 2 } } },
  },
});

/** Writes and reads the messages of one method. */
export interface Codec {
  readonly encode: (request: object) => Buffer;
  readonly decode: (bytes: Buffer) => object;
}

export function codecOf(request: string, response: string): Codec {
  const requestType = root.lookupType(request);
  const responseType = root.lookupType(response);
  return {
    encode: (message) => Buffer.from(requestType.encode(requestType.create(message)).finish()),
    decode: (bytes) =>
      responseType.toObject(responseType.decode(bytes), {
        longs: Number,
        arrays: true,
        objects: true,
        defaults: true,
      }),
  };
}
