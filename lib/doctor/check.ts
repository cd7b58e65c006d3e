/** One finding of `dovetail doctor`. `failed`: Dovetail does not work like this; `warning`: it does, less well or not for long. */
export type Check =
  | { readonly name: string; readonly state: 'ok' | 'skipped'; readonly message: string }
  | {
      readonly name: string;
      readonly state: 'warning' | 'failed';
      /** The same as in logs and metrics where a function meets it; docs/runbook.md lists what to do. */
      readonly code: string;
      readonly message: string;
    };

export const ok = (name: string, message: string): Check => ({ name, state: 'ok', message });
export const skipped = (name: string, message: string): Check => ({ name, state: 'skipped', message });
export const warning = (name: string, code: string, message: string): Check => ({
  name,
  state: 'warning',
  code,
  message,
});
export const failed = (name: string, code: string, message: string): Check => ({
  name,
  state: 'failed',
  code,
  message,
});
