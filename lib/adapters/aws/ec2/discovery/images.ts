/** The machine images that a NodeClass's terms select today. */
import {
  DescribeImagesCommand,
  type EC2Client,
  type Filter,
  type Image as SdkImage,
} from '@aws-sdk/client-ec2';
import { aliasImages, imageParameters } from '../../../../bootstrap/images.ts';
import type { Image } from '../../../../model/launch-template.ts';
import type { NodeClass, SelectorTerm } from '../../../../model/node-class.ts';
import { compareText } from '../../../../model/stable-json.ts';
import { ec2Call } from '../ec2-call.ts';
import { allPages } from '../pages.ts';
import { nothingSelected, tagFilters } from './selectors.ts';

export interface ImageLookup {
  readonly ec2: EC2Client;
  /** Values of SSM parameters by name; names that SSM does not know are missing. */
  readonly parameters: (names: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** `1.35`. */
  readonly kubernetesVersion: string;
  readonly nowMs: number;
}

type Made = Pick<Image, 'arch' | 'variants'>;

const PAGE_SIZE = 1_000;
/** Without an owner, images that strangers share with everybody would match by their name. */
const TRUSTED_OWNERS = ['self', 'amazon'];

/**
 * Sorted by id. Deprecated ones are among them, because a pinned image stays the one that was asked for. Errors:
 * `ImagesMissing` and `AmiAliasUnknown`, retry never.
 */
export async function findImages(
  lookup: ImageLookup,
  { name, amiSelectorTerms }: Pick<NodeClass, 'name' | 'amiSelectorTerms'>,
): Promise<Image[]> {
  const found = new Map<string, Image>();
  for (const term of amiSelectorTerms)
    for (const image of await imagesOf(lookup, term)) found.set(image.id, image);
  if (found.size > 0) return [...found.values()].sort((a, b) => compareText(a.id, b.id));
  const selection = {
    nodeClass: name,
    field: 'amiSelectorTerms',
    code: 'ImagesMissing',
    what: 'image',
  } as const;
  throw nothingSelected(selection, amiSelectorTerms);
}

/** The image of each architecture: one for ordinary hardware first, not deprecated, the newest. */
export function imageIdsOf(images: readonly Image[]): Record<string, string> {
  const isSpecial = ({ variants }: Image): number => Number(variants?.includes('standard') === false);
  const ranked = [...images].sort(
    (a, b) =>
      isSpecial(a) - isSpecial(b) ||
      Number(a.deprecated) - Number(b.deprecated) ||
      b.createdAtMs - a.createdAtMs ||
      compareText(a.id, b.id),
  );
  const ids: Record<string, string> = {};
  for (const { arch, id } of ranked) ids[arch] ??= id;
  return ids;
}

async function imagesOf(lookup: ImageLookup, term: SelectorTerm): Promise<Image[]> {
  if (term.alias !== undefined) {
    const names = imageParameters(term.alias, lookup.kubernetesVersion).map((parameter) => parameter.name);
    return imagesById(
      lookup,
      aliasImages(term.alias, lookup.kubernetesVersion, await lookup.parameters(names)),
    );
  }
  if (term.ssmParameter !== undefined) {
    const values = await lookup.parameters([term.ssmParameter]);
    return imagesById(lookup, new Map([...values.values()].map((id) => [id, undefined])));
  }
  if (term.id !== undefined) return imagesById(lookup, new Map([[term.id, undefined]]));
  const filters = [
    ...(term.name === undefined ? [] : [{ Name: 'name', Values: [term.name] }]),
    ...tagFilters(term),
  ];
  return describeImages(lookup, filters, term.owner === undefined ? TRUSTED_OWNERS : [term.owner]);
}

/** `made` says what an image is for where its alias does. */
async function imagesById(
  lookup: ImageLookup,
  made: ReadonlyMap<string, Made | undefined>,
): Promise<Image[]> {
  if (made.size === 0) return [];
  const images = await describeImages(lookup, [{ Name: 'image-id', Values: [...made.keys()] }], []);
  return images.map((image) => ({ ...image, ...made.get(image.id) }));
}

async function describeImages(
  { ec2, nowMs }: ImageLookup,
  filters: readonly Filter[],
  owners: readonly string[],
): Promise<Image[]> {
  const found = await allPages('images', async (NextToken) => {
    const input = {
      Filters: [...filters, { Name: 'state', Values: ['available'] }],
      ...(owners.length === 0 ? {} : { Owners: [...owners] }),
      IncludeDeprecated: true,
      MaxResults: PAGE_SIZE,
      NextToken,
    };
    const answer = await ec2Call('DescribeImages', 'images', () =>
      ec2.send(new DescribeImagesCommand(input)),
    );
    return { items: answer.Images, nextToken: answer.NextToken };
  });
  return found.flatMap((image) => imageOf(image, nowMs));
}

/** Nothing for what nodes do not run on: 32 bits, Macs. */
function imageOf(image: SdkImage, nowMs: number): Image[] {
  const arch = image.Architecture === 'x86_64' ? 'amd64' : image.Architecture;
  if (image.ImageId === undefined || (arch !== 'amd64' && arch !== 'arm64')) return [];
  return [
    {
      id: image.ImageId,
      name: image.Name ?? '',
      arch,
      createdAtMs: Date.parse(image.CreationDate ?? '') || 0,
      deprecated: image.DeprecationTime !== undefined && Date.parse(image.DeprecationTime) <= nowMs,
    },
  ];
}
