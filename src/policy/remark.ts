/** A sentence that accompanies a policy: above the rule of that name, or, without one, at the top of the file. */
export interface Remark {
  readonly rule?: string;
  readonly text: string;
}
