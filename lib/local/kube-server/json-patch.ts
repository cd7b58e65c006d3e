/**
 * JSON Patch on plain JSON, as far as it is used: `test`, `add` and `remove`. The value itself is not changed.
 * Source: https://www.rfc-editor.org/rfc/rfc6902
 */
import { sameContent } from '../../adapters/memory/frozen.ts';
import { ApiError } from './status.ts';

export interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

type Container = Record<string, unknown> | unknown[];

/** Throws 422 when a test fails or a path leads nowhere, as the API server answers. */
export function jsonPatched(value: unknown, operations: readonly Operation[]): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(value));
  for (const operation of operations) apply(copy, operation);
  return copy;
}

function apply(root: unknown, { op, path, value }: Operation): void {
  const steps = path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop() ?? '';
  const parent = steps.reduce<unknown>(memberOf, root);
  if (typeof parent !== 'object' || parent === null) throw refused(`path ${path} is not there`);
  const container = parent as Container;
  switch (op) {
    case 'test':
      if (!sameContent(memberOf(container, last), value)) throw refused(`testing value ${path} failed`);
      break;
    case 'add':
      if (!Array.isArray(container)) container[last] = value;
      else if (last === '-') container.push(value);
      else container.splice(Number(last), 0, value);
      break;
    case 'remove':
      if (Array.isArray(container)) container.splice(Number(last), 1);
      else delete container[last];
      break;
    default:
      throw new ApiError(400, `patch operation "${op}" is not supported here`);
  }
}

const memberOf = (value: unknown, step: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;

const refused = (why: string): ApiError =>
  new ApiError(422, `the server rejected our request due to an error in our request: ${why}`);
