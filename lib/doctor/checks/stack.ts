// The deployed stack: whether it is whole, alive, and not stopped.
import { assertNever } from '../../model/assert-never.ts';
import { counted } from '../../model/counted.ts';
import type { DeployedStack, FailingInstance } from '../../ports/diagnosis.ts';
import type { Stop } from '../../ports/stop-switch.ts';
import { type Check, failed, ok, skipped, warning } from '../check.ts';
import type { DeployedFacts, Facts } from '../facts.ts';
import { checked, type Reading } from '../reading.ts';
import { documentChecks } from './documents.ts';
import { nodeRoleChecks } from './node-roles.ts';
import { watchingChecks } from './watching.ts';

/** As the alarm `poller-silent`. */
const SNAPSHOT_MAX_MS = 180_000;
/** Published every hour. */
const CATALOGUE_MAX_MS = 2 * 3_600_000;
/** A list that a person reads to its end. */
const MAX_NAMED = 5;

export const stackChecks = (facts: Facts): readonly Check[] =>
  checked('stack', facts.stack, (stack) =>
    stack === undefined
      ? [skipped('stack', `not deployed: npx cdk deploy -c cluster=${facts.clusterName}`)]
      : [
          stackCheck(stack),
          ...checked('deployment', facts.deployed, (deployed) => deployedChecks(facts, stack, deployed)),
        ],
  );

function stackCheck({ name, status, outputs }: DeployedStack): Check {
  if (!/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) {
    return failed(
      'stack',
      'StackNotReady',
      `${name} is ${status}: see its events in CloudFormation, then deploy again`,
    );
  }
  return ok('stack', `${name} is ${status}, installation ${outputs['Installation'] ?? 'unknown'}`);
}

function deployedChecks(facts: Facts, stack: DeployedStack, deployed: DeployedFacts): readonly Check[] {
  return [
    ...checked('functions', deployed.functions, (functions) => [
      ok(
        'functions',
        functions.map(({ name, version }) => `${name} (version ${version} is live)`).join(', '),
      ),
    ]),
    ...entryChecks(deployed),
    ...checked('kill switch', deployed.stop, (stop) => [stopCheck(stop, stack)]),
    ...ageChecks(facts.nowMs, deployed),
    ...[...deployed.deadLetters].flatMap(deadLetterChecks),
    ...itemChecks(deployed),
    ...nodeRoleChecks(deployed),
    ...documentChecks(deployed),
    ...checked('instances', deployed.failingInstances, (failing) => [instancesCheck(failing)]),
    ...watchingChecks(deployed, facts.nowMs),
  ];
}

const entryChecks = ({ functionEntries }: DeployedFacts): readonly Check[] =>
  [...functionEntries].flatMap(([group, reading]) => {
    const name = `access entry of ${group}`;
    return checked(name, reading, (entry) => {
      if (entry?.groups.includes(group)) return [ok(name, `group ${group}`)];
      const found =
        entry === undefined ? 'is not there' : `has the groups ${entry.groups.join(', ') || '(none)'}`;
      return [failed(name, 'FunctionEntryUnfit', `${found}, want ${group}: deploy with --revert-drift`)];
    });
  });

function stopCheck(stop: Stop, { outputs }: DeployedStack): Check {
  const name = 'kill switch';
  const on = `aws ssm put-parameter --overwrite --name ${outputs['StopParameter'] ?? 'STOP-PARAMETER'} --value none`;
  switch (stop) {
    case 'none':
      return ok(name, 'not set');
    case 'launches':
      return warning(name, 'Stopped', `launches are stopped: ${on} lets them go on`);
    case 'all':
      return warning(name, 'Stopped', `everything but cleaning up is stopped: ${on} lets it go on`);
    default:
      return assertNever(stop);
  }
}

function ageChecks(nowMs: number, { snapshotAtMs, catalogueAtMs }: DeployedFacts): readonly Check[] {
  const age = (
    name: string,
    reading: Reading<number | undefined>,
    maxMs: number,
    bad: (said: string) => Check,
  ) =>
    checked(name, reading, (atMs) => {
      if (atMs === undefined) return [bad('there is none yet')];
      const seconds = Math.round((nowMs - atMs) / 1_000);
      return [nowMs - atMs > maxMs ? bad(`the newest is ${seconds} s old`) : ok(name, `${seconds} s old`)];
    });
  return [
    ...age('snapshot', snapshotAtMs, SNAPSHOT_MAX_MS, (said) =>
      failed('snapshot', 'PollerSilent', `${said}: look at the poller's log (docs/runbook.md#poller-silent)`),
    ),
    ...age('catalogue', catalogueAtMs, CATALOGUE_MAX_MS, (said) =>
      warning('catalogue', 'CatalogueStale', `${said}: look at the publisher's log`),
    ),
  ];
}

function deadLetterChecks([queue, reading]: readonly [string, Reading<number>]): readonly Check[] {
  const name = `dead letters of ${queue}`;
  return checked(name, reading, (count) => [
    count === 0
      ? ok(name, 'none')
      : failed(
          name,
          'DeadLetters',
          `${counted(count, 'message')} failed for good: remove the cause, then redrive (docs/runbook.md#dead-letters)`,
        ),
  ]);
}

function itemChecks({ items }: DeployedFacts): readonly Check[] {
  const wrong = [...items].flatMap(([partition, reading]) =>
    checked(`items ${partition}`, reading, () => []),
  );
  if (wrong.length > 0) return wrong;
  const counts = [...items].flatMap(([partition, reading]) =>
    reading.kind === 'known' ? [`${partition} ${reading.value}`] : [],
  );
  return [ok('items', `all can be read: ${counts.join(', ')}`)];
}

function instancesCheck(failing: readonly FailingInstance[]): Check {
  if (failing.length === 0) return ok('instances', 'none fails a status check of EC2');
  const named = failing
    .slice(0, MAX_NAMED)
    .map(({ instanceId, checks }) => `${instanceId} (${checks.join(', ')})`);
  const more = failing.length > MAX_NAMED ? ` and ${failing.length - MAX_NAMED} more` : '';
  return warning(
    'instances',
    'InstancesImpaired',
    `${named.join(', ')}${more} fail EC2's status checks: drain or end them; pods move to new nodes`,
  );
}
