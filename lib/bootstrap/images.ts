/**
 * Which image an instance type starts from: the SSM parameters behind an alias, and the choice among what is found.
 * Source: karpenter-provider-aws `pkg/providers/amifamily`;
 * https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html,
 * https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id-bottlerocket.html,
 * https://docs.aws.amazon.com/eks/latest/userguide/retrieve-windows-ami-id.html
 */
import { DovetailError } from '../model/errors.ts';
import { LABEL } from '../model/labels.ts';
import type { Image, ImageVariant } from '../model/launch-template.ts';
import type { InstanceType } from '../model/offering.ts';
import { compareText } from '../model/stable-json.ts';
import { didYouMean } from '../model/suggest.ts';

/** A public SSM parameter whose value is an image id. */
export interface ImageParameter {
  readonly name: string;
  readonly arch: Image['arch'];
  readonly variants: readonly ImageVariant[];
}

type Parameters = (kubernetes: string, version: string) => readonly ImageParameter[];

interface AliasFamily {
  /** Versions beside `latest`; undefined where the images cannot be pinned. */
  readonly version?: { readonly rule: RegExp; readonly example: string };
  /** Minor versions of Kubernetes 1 that have such images. */
  readonly minors?: { readonly first?: number; readonly last?: number };
  readonly parameters: Parameters;
}

const EKS_VERSION = { rule: /^v\d{8}$/, example: 'v20260801' };
const SSM_ARCH = { amd64: 'x86_64', arm64: 'arm64' } as const;

const FAMILIES: Readonly<Record<string, AliasFamily>> = {
  al2: { version: EKS_VERSION, minors: { last: 32 }, parameters: al2Parameters },
  al2023: { version: EKS_VERSION, parameters: al2023Parameters },
  bottlerocket: {
    version: { rule: /^v?\d+\.\d+\.\d+$/, example: '1.50.0' },
    parameters: bottlerocketParameters,
  },
  windows2019: { parameters: windowsParameters('2019') },
  windows2022: { parameters: windowsParameters('2022') },
  windows2025: { minors: { first: 35 }, parameters: windowsParameters('2025') },
};

/**
 * The parameters to ask SSM for, of an alias such as `al2023@latest`, in a cluster of `kubernetesVersion` (`1.35`). Some of
 * them may not exist: a variant comes later than its family. Errors: `AmiAliasUnknown`, retry never.
 */
export function imageParameters(alias: string, kubernetesVersion: string): readonly ImageParameter[] {
  const [name = '', version = ''] = alias.split('@');
  const family = Object.hasOwn(FAMILIES, name) ? FAMILIES[name] : undefined;
  if (family === undefined) {
    const known = Object.keys(FAMILIES);
    const wanted = didYouMean(name, known) || `: want one of ${known.join(', ')}`;
    throw unknownAlias(alias, `names no family of images${wanted}`);
  }
  if (version !== 'latest' && !family.version?.rule.test(version)) {
    const pinned =
      family.version === undefined ? '' : ` or a version such as ${name}@${family.version.example}`;
    throw unknownAlias(alias, `has no such version: write ${name}@latest${pinned}`);
  }
  const minor = Number(/^1\.(\d+)$/.exec(kubernetesVersion)?.[1]);
  const { first = 0, last = Number.POSITIVE_INFINITY } = family.minors ?? {};
  if (!(minor >= first && minor <= last)) {
    const range = minor > last ? `up to 1.${last}: use al2023@latest` : `from 1.${first} on`;
    throw unknownAlias(alias, `has no images for Kubernetes ${kubernetesVersion}, only ${range}`);
  }
  return family.parameters(kubernetesVersion, version);
}

/**
 * Image ids of an alias with what each is made for. `ids` maps parameter names to the values SSM knows. Errors:
 * `AmiAliasUnknown`, retry never, when it knows none: the version was never published for this Kubernetes, or is withdrawn.
 */
export function aliasImages(
  alias: string,
  kubernetesVersion: string,
  ids: ReadonlyMap<string, string>,
): ReadonlyMap<string, Pick<Image, 'arch' | 'variants'>> {
  const images = new Map<string, Pick<Image, 'arch' | 'variants'>>();
  for (const { name, arch, variants } of imageParameters(alias, kubernetesVersion)) {
    const id = ids.get(name);
    if (id !== undefined) images.set(id, { arch, variants });
  }
  if (images.size > 0) return images;
  throw unknownAlias(
    alias,
    `has no image for Kubernetes ${kubernetesVersion} in this region: name another version`,
  );
}

/** The image of a type: the newest that fits it, one that is not deprecated first. Undefined where none fits. */
export function imageFor(images: readonly Image[], type: InstanceType): Image | undefined {
  return images
    .filter((image) => fits(image, type))
    .sort(
      (a, b) =>
        Number(a.deprecated) - Number(b.deprecated) ||
        b.createdAtMs - a.createdAtMs ||
        compareText(a.id, b.id),
    )[0];
}

function fits({ arch, variants }: Image, { labels }: InstanceType): boolean {
  if (labels[LABEL.arch] !== arch) return false;
  const gpu = labels['karpenter.k8s.aws/instance-gpu-count'] !== undefined;
  const neuron = labels['karpenter.k8s.aws/instance-accelerator-count'] !== undefined;
  const suits = { standard: !gpu && !neuron, nvidia: gpu, neuron };
  return variants === undefined || variants.some((variant) => suits[variant]);
}

const unknownAlias = (alias: string, what: string): DovetailError =>
  new DovetailError('AmiAliasUnknown', `alias ${JSON.stringify(alias)} ${what}`, 'never');

function al2023Parameters(kubernetes: string, version: string): ImageParameter[] {
  const variants = { amd64: ['standard', 'nvidia', 'neuron'], arm64: ['standard', 'nvidia'] } as const;
  return (['amd64', 'arm64'] as const).flatMap((arch) =>
    variants[arch].map((variant) => {
      const image =
        version === 'latest'
          ? 'recommended'
          : `amazon-eks-node-al2023-${SSM_ARCH[arch]}-${variant}-${kubernetes}-${version}`;
      const path = `${kubernetes}/amazon-linux-2023/${SSM_ARCH[arch]}/${variant}/${image}`;
      return { name: `/aws/service/eks/optimized-ami/${path}/image_id`, arch, variants: [variant] };
    }),
  );
}

function al2Parameters(kubernetes: string, version: string): ImageParameter[] {
  const kinds = [
    { suffix: '', infix: '', arch: 'amd64', variants: ['standard'] },
    { suffix: '-gpu', infix: 'gpu-', arch: 'amd64', variants: ['nvidia', 'neuron'] },
    { suffix: '-arm64', infix: 'arm64-', arch: 'arm64', variants: ['standard'] },
  ] as const;
  return kinds.map(({ suffix, infix, arch, variants }) => {
    const image = version === 'latest' ? 'recommended' : `amazon-eks-${infix}node-${kubernetes}-${version}`;
    const path = `${kubernetes}/amazon-linux-2${suffix}/${image}`;
    return { name: `/aws/service/eks/optimized-ami/${path}/image_id`, arch, variants };
  });
}

/** Neuron needs no image of its own there: the driver is part of the standard one, on x86 only. */
function bottlerocketParameters(kubernetes: string, version: string): ImageParameter[] {
  const release = version.replace(/^v/, '');
  return (['amd64', 'arm64'] as const).flatMap((arch) => {
    const of = (suffix: string, variants: readonly ImageVariant[]): ImageParameter => ({
      name: `/aws/service/bottlerocket/aws-k8s-${kubernetes}${suffix}/${SSM_ARCH[arch]}/${release}/image_id`,
      arch,
      variants,
    });
    return [of('', arch === 'amd64' ? ['standard', 'neuron'] : ['standard']), of('-nvidia', ['nvidia'])];
  });
}

function windowsParameters(year: string): Parameters {
  return (kubernetes) => [
    {
      name: `/aws/service/ami-windows-latest/Windows_Server-${year}-English-Core-EKS_Optimized-${kubernetes}/image_id`,
      arch: 'amd64',
      variants: ['standard', 'nvidia', 'neuron'],
    },
  ];
}
