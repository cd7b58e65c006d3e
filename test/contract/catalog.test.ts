import { PublishedCatalog, storeCatalogue } from '../../lib/adapters/aws/catalog-store.ts';
import { EmbeddedCatalog } from '../../lib/adapters/memory/embedded-catalog.ts';
import { MemoryPublication } from '../../lib/adapters/memory/publication.ts';
import { onS3 } from '../support/aws-wire.ts';
import { ManualClock, START_MS } from '../support/memory-clock.ts';
import { describeCatalogContract } from './catalog.contract.ts';

const embedded = new EmbeddedCatalog('us-east-1');

describeCatalogContract('embedded', async () => embedded);

const aBucket = onS3();

describeCatalogContract('published, on the wire of S3', async () => {
  const { bucket } = aBucket();
  const publication = new MemoryPublication();
  const { types, market } = embedded;
  const id = await storeCatalogue(bucket, { types, market });
  await publication.putCatalogue({ id, storedAtMs: START_MS, types: types.length });
  return new PublishedCatalog({ publication, bucket, clock: new ManualClock() });
});
