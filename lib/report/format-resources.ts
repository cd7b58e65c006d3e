import { formatQuantity } from '../model/quantity.ts';
import type { ResourceList } from '../model/resources.ts';
import { compareText } from '../model/stable-json.ts';

/** Amounts as Kubernetes objects hold them: `{ cpu: '3920m', memory: '9Gi' }`, sorted by name. */
export const formatResources = (resources: ResourceList): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(resources)
      .sort(([a], [b]) => compareText(a, b))
      .map(([name, amount]) => [name, formatQuantity(name, amount)]),
  );
