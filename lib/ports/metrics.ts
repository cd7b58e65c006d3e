/** Counters and observations. Recording never fails and never decides anything. */
export interface Metrics {
  count(name: string, value: number, dimensions?: Readonly<Record<string, string>>): void;
  observe(name: string, value: number, dimensions?: Readonly<Record<string, string>>): void;
}
