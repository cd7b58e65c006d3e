import { describe, expect, it } from 'vitest';
import { quotaChecks } from '../../../lib/doctor/checks/quotas.ts';
import type { Purchase } from '../../../lib/doctor/purchase.ts';
import { known, type Reading, unasked } from '../../../lib/doctor/reading.ts';
import { LABEL } from '../../../lib/model/labels.ts';
import type { NodePool } from '../../../lib/model/node-pool.ts';
import type { DocumentStatus, PublishedNodePool } from '../../../lib/model/published-document.ts';
import type { Operator } from '../../../lib/model/requirement.ts';
import { aNodePool } from '../../support/builders.ts';
import { aDeployment, anError, theFacts } from '../../support/doctor-facts.ts';

const VALID: DocumentStatus = { state: 'valid', notes: [] };

const published = (document: NodePool, status: DocumentStatus = VALID): PublishedNodePool => ({
  ...{ schemaVersion: 1, kind: 'NodePool', name: document.name, version: 1, origin: 'table' },
  ...{ status, statusSinceMs: 0, running: { document, sinceMs: 0 } },
});

/** A pool limited to some vCPUs; bought as its one requirement says. */
const aPool = (name: string, vcpus?: number, operator?: Operator, ...values: string[]) =>
  aNodePool({
    name,
    limits: vcpus === undefined ? {} : { cpu: vcpus * 1_000 },
    template: {
      requirements: operator === undefined ? [] : [{ key: LABEL.capacityType, operator, values }],
    },
  });

const quotas = (quota: Reading<number>): ReadonlyMap<Purchase, Reading<number>> =>
  new Map([
    ['on-demand', quota],
    ['spot', quota],
  ]);

/** State of the checks of on demand and of spot. */
function states(quota: number, ...documents: PublishedNodePool[]): string[] {
  return checks(known(quota), ...documents).map(({ state }) => state);
}
const checks = (quota: Reading<number>, ...documents: PublishedNodePool[]) =>
  quotaChecks(
    theFacts({
      vcpuQuotas: quotas(quota),
      deployed: known(aDeployment({ documents: known(documents) })),
    }),
  );

describe("EC2's quotas of vCPUs", () => {
  it('are large enough for what the limits of all NodePools add up to, or not', () => {
    const pools = [published(aPool('a', 60)), published(aPool('b', 40))];
    expect(states(100, ...pools)).toEqual(['ok', 'ok']);
    const [onDemand, spot] = checks(known(99), ...pools);
    expect(onDemand).toEqual({
      name: 'EC2 quota on-demand',
      state: 'warning',
      code: 'QuotaLow',
      message:
        '99 vCPUs of standard types at one time, while the limits of NodePools a, b add up to 100: ask for more (Service Quotas, EC2, L-1216C47A), or launches beyond fail with VcpuLimitExceeded',
    });
    expect(spot?.message).toContain('L-34B43A08), or launches beyond fail with MaxSpotInstanceCountExceeded');
  });

  it.each<readonly [string, NodePool, readonly string[]]>([
    ['on demand only', aPool('a', 500, 'In', 'on-demand'), ['warning', 'ok']],
    ['spot only', aPool('a', 500, 'In', 'spot'), ['ok', 'warning']],
    ['anything but spot', aPool('a', 500, 'NotIn', 'spot'), ['warning', 'ok']],
    ['whatever there is', aPool('a', 500, 'Exists'), ['warning', 'warning']],
    ['reservations only', aPool('a', 500, 'In', 'reserved'), ['ok', 'ok']],
  ])('count a NodePool for what it may buy: %s', (_, pool, expected) => {
    expect(states(100, published(pool))).toEqual(expected);
  });

  it('of a new account are too small for a NodePool without a limit', () => {
    const [check] = checks(known(5), published(aPool('free')));
    expect(check).toMatchObject({ state: 'warning', code: 'QuotaLow' });
    expect(check?.message).toContain('NodePools free have no limit of cpu');
    expect(states(640, published(aPool('free')))).toEqual(['ok', 'ok']);
  });

  it('are told without NodePools, also before the deploy', () => {
    expect(states(5)).toEqual(['ok', 'ok']);
    expect(states(5, published(aPool('gone', 100), { state: 'vanished' }))).toEqual(['ok', 'ok']);
    const facts = theFacts({ deployed: unasked('nothing is deployed') });
    expect(quotaChecks(facts).map(({ message }) => message)).toEqual([
      '1000 vCPUs of standard types at one time',
      '1000 vCPUs of standard types at one time',
    ]);
  });

  it('that one may not look at are a warning', () => {
    expect(checks(anError('AccessDenied'))).toMatchObject([
      { state: 'warning', code: 'AccessDenied' },
      { state: 'warning', code: 'AccessDenied' },
    ]);
  });
});
