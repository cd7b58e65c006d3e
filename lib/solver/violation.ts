/** A rule that a solution breaks, in words for a log: the caller refuses to act on such a plan. */
export interface Violation {
  readonly rule:
    | 'placement' // a pod is lost, doubled or unknown, or names a level, bin or pool that does not exist
    | 'alternatives' // a new node's mask is empty or mixes pools or variants
    | 'requirements' // an offering or bin that the pod's level does not allow
    | 'resources'
    | 'ports'
    | 'volumes'
    | 'limits'
    | 'reservation'
    | 'min-values'
    | 'ranking' // ranked offerings, requests or price are not what the mask says
    | 'spread'
    | 'together'
    | 'apart';
  readonly message: string;
  /** Position in `solution.nodes`. */
  readonly node?: number;
  readonly item?: number;
}
