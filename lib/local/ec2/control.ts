/**
 * What a person or a test does to the EC2 of this machine, which nobody can do to AWS's: `POST /_local/<what>` with JSON.
 *
 * - `interrupt {instanceId}`: a spot interruption: the warning now, the end two minutes later
 * - `lose {instanceId}`: gone at once, without a warning
 * - `capacity {instanceType?, zone?, capacityType?, instances}`: how many instances those pools hold, 0 for a shortage
 * - `fault {action, times, code, message?}`: the next requests of an action get that error
 * - `instances {}`: what there is
 */
import type { CapacityPool, Market } from '../../adapters/memory/market.ts';
import { instanceId } from '../../model/ids.ts';
import type { Account } from './account.ts';

/** An answer that the next requests of an action get instead of their own. */
export interface Ec2Fault {
  readonly action: string;
  readonly times: number;
  readonly code: string;
  readonly message?: string;
}

/** What EC2 has to sell, where that may be moved from outside. */
export interface Stock {
  readonly market: Market;
  readonly pools: readonly CapacityPool[];
}

type Fields = Readonly<Record<string, unknown>>;

export interface Control {
  readonly account: Account;
  readonly stock: Stock | undefined;
  readonly order: (fault: Ec2Fault) => void;
}

export const CONTROL_PATH = '/_local/';

/** Throws a sentence for the person who asked. */
export function control({ account, stock, order }: Control, what: string, fields: Fields): unknown {
  const { ec2 } = account.setup;
  switch (what) {
    case 'interrupt':
      ec2.interrupt(knownInstance(account, fields));
      return {};
    case 'lose':
      ec2.kill(knownInstance(account, fields));
      return {};
    case 'capacity':
      return { pools: setCapacity(stock, fields) };
    case 'fault':
      order({ times: 1, ...fields } as Ec2Fault);
      return {};
    case 'instances':
      return { instances: ec2.instances() };
    default:
      throw new Error(
        `want one of interrupt, lose, capacity, fault, instances, found ${JSON.stringify(what)}`,
      );
  }
}

function knownInstance({ setup }: Account, { instanceId: id }: Fields) {
  const known = typeof id === 'string' && setup.ec2.instances().some((one) => one.instanceId === id);
  if (!known) throw new Error(`there is no instance ${JSON.stringify(id)}`);
  return instanceId(id);
}

/** Gives how many pools it concerned. */
function setCapacity(stock: Stock | undefined, { instances, ...match }: Fields): number {
  if (stock === undefined) throw new Error('the capacity of this EC2 cannot be moved');
  if (!Number.isInteger(instances)) throw new Error('want instances: a whole number');
  const pools = stock.pools.filter((pool) =>
    Object.entries(match).every(([key, value]) => pool[key as keyof CapacityPool] === value),
  );
  for (const pool of pools) stock.market.setCapacity(pool, Number(instances));
  return pools.length;
}
