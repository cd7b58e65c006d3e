import type { Account, AccountImage } from './account.ts';
import { type Fields, filtered } from './filters.ts';
import { named } from './network.ts';
import { pageOf } from './paging.ts';
import type { Query } from './query.ts';
import { tagSet } from './tags.ts';
import type { Xml } from './xml.ts';

const FIELDS: Fields<AccountImage> = {
  'image-id': ({ id }) => [id],
  name: ({ name }) => [name],
  architecture: (image) => [architectureOf(image)],
  state: () => ['available'],
};

/** Images of others that are deprecated show only when asked for. */
export function describeImages(account: Account, query: Query): { readonly [name: string]: Xml } {
  const nowMs = account.setup.clock.nowMs();
  const owners = query.texts('Owner');
  const withDeprecated = query.text('IncludeDeprecated') === 'true';
  const shown = named(
    query.texts('ImageId'),
    account.setup.images,
    'InvalidAMIID.NotFound',
    'image id',
  ).filter(
    (image) =>
      (owners.length === 0 || owners.includes(image.owner)) &&
      (withDeprecated ||
        image.owner === 'self' ||
        (image.deprecatedAtMs ?? Number.POSITIVE_INFINITY) > nowMs),
  );
  const { page, nextToken } = pageOf(
    filtered(shown, query, FIELDS),
    query,
    { min: 1, max: 1000 },
    ({ id }) => id,
  );
  return {
    imagesSet: page.map((image) => ({
      imageId: image.id,
      name: image.name,
      imageState: 'available',
      imageOwnerId: image.owner,
      architecture: architectureOf(image),
      creationDate: new Date(image.createdAtMs).toISOString(),
      deprecationTime:
        image.deprecatedAtMs === undefined ? undefined : new Date(image.deprecatedAtMs).toISOString(),
      tagSet: tagSet(image.tags),
    })),
    nextToken,
  };
}

/** EC2's word for what Kubernetes calls `amd64`. */
const architectureOf = ({ arch }: AccountImage): string => (arch === 'amd64' ? 'x86_64' : arch);
