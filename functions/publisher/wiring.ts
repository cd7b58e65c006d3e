// The publisher's composition root: the only function that reads what users wrote, and asks EC2 what the region sells.
import { PublishedCatalog } from '../../lib/adapters/aws/catalog-store.ts';
import { AwsDiscovery } from '../../lib/adapters/aws/discovery.ts';
import {
  allSources,
  SsmDocumentSource,
  TableDocumentSource,
} from '../../lib/adapters/aws/document-source.ts';
import { PublishedDocuments } from '../../lib/adapters/aws/documents.ts';
import { LaunchTemplates } from '../../lib/adapters/aws/ec2/launch-templates.ts';
import { type TemplateFacts, templatesOfToday } from '../../lib/adapters/aws/ec2/request-templates.ts';
import { describeCluster, eksClient } from '../../lib/adapters/aws/eks.ts';
import { DynamoPublication } from '../../lib/adapters/aws/publication.ts';
import { SsmParameters, ssmClient } from '../../lib/adapters/aws/ssm.ts';
import { publish } from '../../lib/control/publish.ts';
import { baseOf } from '../shared/base.ts';
import { clientOptions, type Environment } from '../shared/clients.ts';
import { ec2Of } from '../shared/ec2.ts';
import { readEnv } from '../shared/env.ts';
import { bucketStores, tableStores } from '../shared/stores.ts';
import { publisherEnv } from './env.ts';
import { listedPrices } from './prices.ts';

export type PublisherWiring = Pick<Awaited<ReturnType<typeof wirePublisher>>, 'logger' | 'publish'>;

export async function wirePublisher(environment: Environment) {
  const env = readEnv(publisherEnv, environment);
  const base = baseOf('publisher', env);
  const { installation, clock } = base;
  const { table } = tableStores(environment, env.TABLE_NAME, base);
  const { bucket } = bucketStores(environment, env.BUCKET_NAME, table);
  const parameters = new SsmParameters(ssmClient(clientOptions(environment, 'SSM')));
  const ec2 = ec2Of(environment, env.EC2_RATE_SHARE, base);
  const eks = eksClient(clientOptions(environment, 'EKS'));
  const publication = new DynamoPublication({ table });
  const documents = new PublishedDocuments({ publication, clock });
  const templateFacts: TemplateFacts = {
    installation,
    documents,
    catalog: new PublishedCatalog({ publication, bucket, clock }),
    cluster: () => describeCluster(eks, env.CLUSTER_NAME),
    images: ({ name }) => documents.images(name),
    instanceProfiles: env.NODE_ROLES,
  };
  const templates = new LaunchTemplates({ client: ec2, installation, clock });
  const deps = {
    ...base,
    unusedTemplates: { remove: async () => templates.removeUnused(await templatesOfToday(templateFacts)) },
    nodeRoles: Object.keys(env.NODE_ROLES),
    publication,
    source: allSources(
      new SsmDocumentSource({ parameters, path: env.DOCUMENTS_PATH }),
      new TableDocumentSource({ table }),
    ),
    discovery: new AwsDiscovery({
      ec2,
      eks,
      parameters,
      bucket,
      clock: base.clock,
      clusterName: env.CLUSTER_NAME,
      onDemandPrices: listedPrices(clientOptions(environment, 'PRICING'), base),
    }),
  };
  return { logger: base.logger, publish: () => publish(deps) };
}
