import { formatQuantity } from '../../model/quantity.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/**
 * An amount as people read it: what is asked exactly, what there is (`rounded`) down to whole MiB where it is large, since
 * nobody compares the bytes that kubelet's reserve leaves.
 */
export function amountText(name: string, amount: number, rounded = false): string {
  const isBytes = name === 'memory' || name === 'ephemeral-storage';
  const shown = rounded && isBytes && amount >= GIB ? Math.floor(amount / MIB) * MIB : amount;
  return formatQuantity(name, shown);
}

/** `9 nvidia.com/gpu`. */
export const asked = (name: string, amount: number): string => `${amountText(name, amount)} ${name}`;
