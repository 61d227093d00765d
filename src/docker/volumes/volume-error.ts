/** Why a volume was not read or filled. */
export class VolumeError extends Error {
  override readonly name = "VolumeError";
  readonly kind = "volume";
}
