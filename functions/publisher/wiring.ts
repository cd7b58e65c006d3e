// The publisher's composition root: the only function that reads what users wrote, and asks EC2 what the region sells.
import { AwsDiscovery } from '../../lib/adapters/aws/discovery.ts';
import {
  allSources,
  SsmDocumentSource,
  TableDocumentSource,
} from '../../lib/adapters/aws/document-source.ts';
import { eksClient } from '../../lib/adapters/aws/eks.ts';
import { DynamoPublication } from '../../lib/adapters/aws/publication.ts';
import { SsmParameters, ssmClient } from '../../lib/adapters/aws/ssm.ts';
import { publish } from '../../lib/control/publish.ts';
import { baseOf } from '../shared/base.ts';
import { clientOptions, type Environment } from '../shared/clients.ts';
import { ec2Of } from '../shared/ec2.ts';
import { readEnv } from '../shared/env.ts';
import { bucketStores, tableStores } from '../shared/stores.ts';
import { publisherEnv } from './env.ts';

export type PublisherWiring = Pick<Awaited<ReturnType<typeof wirePublisher>>, 'logger' | 'publish'>;

export async function wirePublisher(environment: Environment) {
  const env = readEnv(publisherEnv, environment);
  const base = baseOf('publisher', env);
  const { table } = tableStores(environment, env.TABLE_NAME, base);
  const { bucket } = bucketStores(environment, env.BUCKET_NAME, table);
  const parameters = new SsmParameters(ssmClient(clientOptions(environment, 'SSM')));
  const deps = {
    ...base,
    nodeRoles: Object.keys(env.NODE_ROLES),
    publication: new DynamoPublication({ table }),
    source: allSources(
      new SsmDocumentSource({ parameters, path: env.DOCUMENTS_PATH }),
      new TableDocumentSource({ table }),
    ),
    discovery: new AwsDiscovery({
      ec2: ec2Of(environment, env.EC2_RATE_SHARE, base),
      eks: eksClient(clientOptions(environment, 'EKS')),
      parameters,
      bucket,
      clock: base.clock,
      clusterName: env.CLUSTER_NAME,
    }),
  };
  return { logger: base.logger, publish: () => publish(deps) };
}
