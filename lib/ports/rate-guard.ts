/**
 * Counts what costs money or ends nodes over a sliding hour, apart from every plan. Shared by all invocations, so that
 * parallel ones cannot exceed the limit together.
 */
export interface RateGuard {
  /**
   * Takes `amount` unless more than `max` would be taken within the last hour; then nothing is taken. The same `key`
   * again within the hour is `taken` and takes nothing more: a repeated request is the same one.
   */
  take(key: string, amount: number, max: number): Promise<'taken' | 'refused'>;
}
