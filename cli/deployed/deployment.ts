// The composition root of the commands that work on a deployed stack. The SDK itself reads profile, credentials and other
// endpoints from the environment; only the region has a flag.
import { DynamoClaims } from '../../lib/adapters/aws/claims.ts';
import { dynamoClient } from '../../lib/adapters/aws/clients/dynamo.ts';
import type { ClientOptions } from '../../lib/adapters/aws/clients/options.ts';
import { SsmDocumentSource, TableDocumentSource } from '../../lib/adapters/aws/document-source.ts';
import { invokeLater, lambdaClient } from '../../lib/adapters/aws/lambda.ts';
import { DynamoPublication } from '../../lib/adapters/aws/publication.ts';
import { SsmParameters, ssmClient } from '../../lib/adapters/aws/ssm.ts';
import { cloudFormationClient, describeStack } from '../../lib/adapters/aws/stack.ts';
import { Table } from '../../lib/adapters/aws/table/table.ts';
import { systemClock } from '../../lib/adapters/system/clock.ts';
import { systemRandom } from '../../lib/adapters/system/random.ts';
import { DovetailError } from '../../lib/model/errors.ts';
import type { Claims } from '../../lib/ports/claims.ts';
import type { Clock } from '../../lib/ports/clock.ts';
import type { DocumentStore } from '../../lib/ports/document-store.ts';
import type { Publication } from '../../lib/ports/publication.ts';
import { regionOf, silenceSdkAdvice } from '../aws-environment.ts';
import { type DeploymentOptions, placesOf } from './find-stack.ts';
import type { Place } from './places.ts';

export interface Deployment {
  readonly clock: Clock;
  readonly stores: Readonly<Record<Place, DocumentStore>>;
  readonly publication: Publication;
  readonly claims: Pick<Claims, 'listLive'>;
  /** Has the publisher look at all documents now. Throws `PublisherNotTold`. */
  tellPublisher(): Promise<void>;
}

/** Errors: `UserError` for a region or an endpoint that is none, and those of `placesOf`. */
export async function openDeployment(options: DeploymentOptions): Promise<Deployment> {
  silenceSdkAdvice(process.env);
  const region = regionOf(process.env, options.region);
  const client: ClientOptions = region === undefined ? {} : { region };
  const cloudFormation = cloudFormationClient(client);
  const places = await placesOf(options, {
    region: () => cloudFormation.config.region(),
    describe: (name) => describeStack(cloudFormation, name),
  });
  const { tableName, documentsPath, publisherArn } = places;
  const [clock, random] = [systemClock, systemRandom];
  const table = new Table({ client: dynamoClient(client), name: tableName, clock, random });
  const parameters = new SsmParameters(ssmClient(client));
  return {
    clock,
    stores: {
      table: new TableDocumentSource({ table }),
      ssm: new SsmDocumentSource({ parameters, path: documentsPath }),
    },
    publication: new DynamoPublication({ table }),
    claims: new DynamoClaims({ table }),
    tellPublisher: () => tellPublisher(client, publisherArn),
  };
}

async function tellPublisher(client: ClientOptions, publisherArn: string | undefined): Promise<void> {
  const later = 'the documents are changed, but the publisher was not told and looks within the hour';
  if (publisherArn === undefined) {
    throw new DovetailError('PublisherNotTold', `${later}: give --publisher beside --table`, 'never');
  }
  try {
    await invokeLater(lambdaClient(client), publisherArn);
  } catch (error) {
    if (!(error instanceof DovetailError)) throw error;
    const message = `${later}: ${error.code}: ${error.message}`;
    throw new DovetailError('PublisherNotTold', message, error.retry, { cause: error });
  }
}
