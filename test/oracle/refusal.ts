/** Why the exact solver gives no answer: a rule it has no rows for, a problem too large, or pods that cannot all be placed. */
export class OracleRefusal extends Error {
  readonly reason: 'not-modelled' | 'too-large' | 'no-full-placement';

  constructor(reason: OracleRefusal['reason'], message: string) {
    super(message);
    this.name = 'OracleRefusal';
    this.reason = reason;
  }
}

export const notModelled = (what: string): OracleRefusal =>
  new OracleRefusal('not-modelled', `the exact model has no rows for ${what}: leave such problems out`);
