import { describe, expect, it } from 'vitest';
import { ConflictError } from '../../lib/model/errors.ts';
import { claimName, instanceId } from '../../lib/model/ids.ts';
import { stableHash } from '../../lib/model/stable-json.ts';
import type { Claims } from '../../lib/ports/claims.ts';
import { aPlannedClaim, launched, launchFailed, terminated } from '../support/memory-items.ts';
import { conflictOf } from './conflict.ts';

/** Some 60 kB that no packing makes shorter. */
const long = (seed: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`a${n}`, stableHash(`${seed} ${n}`, 64)]));

/** What every `Claims` does; the harness gives an empty store. */
export function describeClaimsContract(name: string, makeClaims: () => Promise<Claims>): void {
  describe(`claims: ${name}`, () => {
    const claim = aPlannedClaim('plan-1-c1');

    it('gives back what was put, and nothing for a name never put', async () => {
      const claims = await makeClaims();
      await claims.putIfAbsent(claim);
      expect(await claims.get(claim.name)).toEqual(claim);
      expect(await claims.get(claimName('other'))).toBeUndefined();
    });

    it('puts a claim once and leaves it alone the second time', async () => {
      const claims = await makeClaims();
      expect(await claims.putIfAbsent(claim)).toBe('put');
      expect(await claims.putIfAbsent({ ...claim, labels: { team: 'other' } })).toBe('present');
      expect(await claims.get(claim.name)).toEqual(claim);
    });

    it('does not bring back a claim that has ended', async () => {
      const claims = await makeClaims();
      await claims.putIfAbsent(claim);
      await claims.update(launchFailed(claim));
      expect(await claims.putIfAbsent(claim)).toBe('present');
      expect((await claims.get(claim.name))?.phase).toBe('LaunchFailed');
    });

    it('updates from the version before only, and says what it found otherwise', async () => {
      const claims = await makeClaims();
      await claims.putIfAbsent(claim);
      const second = { ...claim, version: 2, labels: { team: 'second' } };
      await claims.update(second);
      for (const version of [1, 2, 4]) {
        const conflict = await conflictOf(claims.update({ ...claim, version }));
        expect(conflict.found).toEqual(second);
      }
      expect(await claims.get(claim.name)).toEqual(second);
    });

    it('refuses to update a claim that was never put, having found nothing', async () => {
      const claims = await makeClaims();
      const conflict = await conflictOf(claims.update({ ...claim, version: 2 }));
      expect(conflict.found).toBeUndefined();
    });

    it('lets exactly one of two updates of the same version through', async () => {
      const claims = await makeClaims();
      await claims.putIfAbsent(claim);
      const outcomes = await Promise.allSettled([
        claims.update({ ...claim, version: 2, labels: { by: 'a' } }),
        claims.update({ ...claim, version: 2, labels: { by: 'b' } }),
      ]);
      expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('lists live claims by name and leaves ended ones out', async () => {
      const claims = await makeClaims();
      for (const each of ['c', 'a', 'd', 'b']) await claims.putIfAbsent(aPlannedClaim(each));
      await claims.update(launchFailed(aPlannedClaim('a')));
      await claims.update(terminated(aPlannedClaim('d'), 'i-0d'));
      expect((await claims.listLive()).map((live) => live.name)).toEqual(['b', 'c']);
    });

    it('lists as moving what is not at rest, by name', async () => {
      const claims = await makeClaims();
      const resting = { node: { name: 'n', uid: 'u' }, registeredAtMs: 1, initializedAtMs: 2 };
      for (const each of ['d', 'c', 'b', 'a']) await claims.putIfAbsent(aPlannedClaim(each));
      const initialized = (name: string, n: number) =>
        ({
          ...launched(aPlannedClaim(name), `i-0${n}`),
          ...resting,
          phase: 'Initialized',
          version: 3,
        }) as const;
      for (const [n, name] of ['b', 'c'].entries()) {
        await claims.updateLaunched(launched(aPlannedClaim(name), `i-0${n}`));
        await claims.update(initialized(name, n));
      }
      await claims.update(launchFailed(aPlannedClaim('d')));
      expect((await claims.listMoving()).map(({ name }) => name)).toEqual(['a']);
      const leave = { reason: 'Expired', severity: 'forced', requestedAtMs: 3 } as const;
      await claims.update({ ...initialized('c', 1), version: 4, leave });
      expect(await claims.listMoving()).toEqual([
        aPlannedClaim('a'),
        { ...initialized('c', 1), version: 4, leave },
      ]);
      expect((await claims.listLive()).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    });

    it('lists more live claims than one page of an answer holds', async () => {
      const claims = await makeClaims();
      const names = Array.from({ length: 30 }, (_, n) => `c${String(n).padStart(2, '0')}`);
      const puts = names.map((each) => claims.putIfAbsent(aPlannedClaim(each, { annotations: long(each) })));
      await Promise.all(puts);
      const listed = await claims.listLive();
      expect(listed.map((live) => live.name)).toEqual(names);
      expect(listed.at(-1)?.annotations).toEqual(long('c29'));
    });

    it('keeps the stored claim safe from a caller that changes what it was given', async () => {
      const claims = await makeClaims();
      const labels = { team: 'shop' };
      await claims.putIfAbsent({ ...claim, labels });
      labels.team = 'changed';
      expect((await claims.get(claim.name))?.labels).toEqual({ team: 'shop' });
    });
  });

  describe(`launched claims: ${name}`, () => {
    const claim = aPlannedClaim('plan-1-c1');

    it('records claim and instance together', async () => {
      const claims = await makeClaims();
      await claims.putIfAbsent(claim);
      await claims.updateLaunched(launched(claim, 'i-01'));
      expect(await claims.get(claim.name)).toEqual(launched(claim, 'i-01'));
      expect(await claims.claimOfInstance(instanceId('i-01'))).toBe(claim.name);
      expect(await claims.claimOfInstance(instanceId('i-02'))).toBeUndefined();
    });

    it('answers a repeat of the same launch with the claim as launched', async () => {
      const claims = await makeClaims();
      await claims.putIfAbsent(claim);
      await claims.updateLaunched(launched(claim, 'i-01'));
      const conflict = await conflictOf(claims.updateLaunched(launched(claim, 'i-01')));
      expect(conflict.found).toEqual(launched(claim, 'i-01'));
    });

    it('gives a claim no second instance', async () => {
      const claims = await makeClaims();
      await claims.putIfAbsent(claim);
      await claims.updateLaunched(launched(claim, 'i-01'));
      const conflict = await conflictOf(claims.updateLaunched(launched(claim, 'i-02')));
      expect(conflict.found).toEqual(launched(claim, 'i-01'));
      expect(await claims.claimOfInstance(instanceId('i-02'))).toBeUndefined();
    });

    it('gives an instance no second claim, and leaves that claim as it was', async () => {
      const claims = await makeClaims();
      const second = aPlannedClaim('plan-1-c2');
      await claims.putIfAbsent(claim);
      await claims.putIfAbsent(second);
      await claims.updateLaunched(launched(claim, 'i-01'));
      const conflict = await conflictOf(claims.updateLaunched(launched(second, 'i-01')));
      expect(conflict.found).toEqual(second);
      expect(await claims.claimOfInstance(instanceId('i-01'))).toBe(claim.name);
      expect(await claims.get(second.name)).toEqual(second);
    });

    it('gives an instance to exactly one of two claims that take it at once', async () => {
      const claims = await makeClaims();
      const rivals = ['plan-1-c1', 'plan-1-c2'].map((each) => aPlannedClaim(each));
      await Promise.all(rivals.map((rival) => claims.putIfAbsent(rival)));
      const outcomes = await Promise.allSettled(
        rivals.map((rival) => claims.updateLaunched(launched(rival, 'i-01'))),
      );
      expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
      const phases = (await claims.listLive()).map((live) => [live.phase, live.name]);
      const owner = await claims.claimOfInstance(instanceId('i-01'));
      expect(phases.filter(([phase]) => phase === 'Launched')).toEqual([['Launched', owner]]);
    });

    it('launches no claim that has ended', async () => {
      const claims = await makeClaims();
      await claims.putIfAbsent(claim);
      await claims.update(launchFailed(claim));
      const conflict = await conflictOf(claims.updateLaunched(launched(claim, 'i-01')));
      expect(conflict.found).toEqual(launchFailed(claim));
      expect(await claims.claimOfInstance(instanceId('i-01'))).toBeUndefined();
    });

    it('remembers whose instance it was after the claim has ended', async () => {
      const claims = await makeClaims();
      await claims.putIfAbsent(claim);
      await claims.updateLaunched(launched(claim, 'i-01'));
      await claims.update(terminated(launched(claim, 'i-01'), 'i-01'));
      expect(await claims.claimOfInstance(instanceId('i-01'))).toBe(claim.name);
    });

    it('throws conflicts that ask for the same request again', async () => {
      const claims = await makeClaims();
      const failure = await claims.updateLaunched(launched(claim, 'i-01')).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ConflictError);
      expect(failure).toMatchObject({ code: 'Conflict', retry: 'same-request', found: undefined });
    });
  });
}
