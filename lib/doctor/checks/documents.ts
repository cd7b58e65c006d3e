// What the publisher says of every document, and what EC2NodeClasses name in EC2 at this moment.
import { assertNever } from '../../model/assert-never.ts';
import { counted } from '../../model/counted.ts';
import type { PublishedDocument } from '../../model/published-document.ts';
import { type Check, failed, ok, warning } from '../check.ts';
import type { DeployedFacts } from '../facts.ts';
import { checked } from '../reading.ts';

/** Beyond this a parameter is of the advanced tier (https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html). */
const STANDARD_BYTES = 4_096;
const ADVANCED_BYTES = 8_192;
const NEAR_LIMIT_BYTES = ADVANCED_BYTES * 0.9;

export const documentChecks = (facts: DeployedFacts): readonly Check[] => [
  ...checked('documents', facts.documents, (documents) =>
    documents.length === 0
      ? [
          warning(
            'documents',
            'DocumentsMissing',
            'nothing is published yet: apply a NodePool and an EC2NodeClass (dovetail apply -f FILE)',
          ),
        ]
      : documents.map(statusCheck),
  ),
  ...[...facts.resolutions].flatMap(([name, reading]) =>
    checked(`EC2NodeClass ${name} in EC2`, reading, () => [
      ok(`EC2NodeClass ${name} in EC2`, 'subnets, security groups and images are there'),
    ]),
  ),
  ...parameterChecks(facts),
];

function statusCheck({ kind, name, status, running }: PublishedDocument): Check {
  const title = `${kind} ${name}`;
  switch (status.state) {
    case 'valid':
      return ok(title, ['published', ...status.notes].join('; '));
    case 'error': {
      const goesOn = running === undefined ? 'nothing runs for it' : 'the last good version runs on';
      return failed(title, 'DocumentInvalid', `${status.findings.join('; ')}; ${goesOn}`);
    }
    case 'not-ready':
      return failed(title, 'DocumentNotReady', status.reason);
    case 'vanished':
      return warning(title, 'DocumentVanished', 'is gone: nothing is launched for it, its nodes stay');
    default:
      return assertNever(status);
  }
}

function parameterChecks({ parameterBytes }: DeployedFacts): readonly Check[] {
  return checked('parameters', parameterBytes, (bytes) => {
    const near = [...bytes].filter(([, size]) => size > NEAR_LIMIT_BYTES);
    if (near.length > 0) {
      return near.map(([name, size]) =>
        warning(
          `parameter ${name}`,
          'DocumentNearLimit',
          `has ${size} of ${ADVANCED_BYTES} bytes: keep it in the table instead (dovetail apply -f FILE), then delete the parameter`,
        ),
      );
    }
    const advanced = [...bytes.values()].filter((size) => size > STANDARD_BYTES).length;
    const tier = advanced === 0 ? '' : `, ${advanced} of the advanced tier, which is paid for`;
    return [ok('parameters', `${counted(bytes.size, 'document')}${tier}`)];
  });
}
