/** Who holds a target. */
export interface LeaseHolder {
  readonly pid: number;
  readonly since: string;
}

/**
 * One apply at a time on a target. The lease ends with its process, however that ends; there is no stale one to break.
 */
export interface LeaseOffice {
  acquire(
    targetKey: string,
  ):
    | { readonly granted: true; release(): void }
    | { readonly granted: false; holder?: LeaseHolder };
}
