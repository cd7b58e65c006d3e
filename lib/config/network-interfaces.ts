/**
 * `EC2NodeClass.spec.networkInterfaces`: which interfaces stand on which network card.
 * Source: karpenter-provider-aws `designs/efa-for-static-capacity.md`;
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html#efa-limits
 */
import * as z from 'zod';
import { checked, type Problem, strict } from './kit.ts';
import { isRecord } from './located.ts';

const MAX_INTERFACES = 150;

const networkInterface = strict({
  networkCardIndex: z.int().min(0),
  deviceIndex: z.int().min(0),
  interfaceType: z.enum(['interface', 'efa-only']),
});

export const networkInterfacesSchema = checked(z.array(networkInterface).max(MAX_INTERFACES), (written) => {
  const interfaces = (Array.isArray(written) ? written : []).map(asWritten);
  const primary = interfaces.some(
    ({ card, device, type }) => card === 0 && device === 0 && type === 'interface',
  );
  const message = 'want an entry of type "interface" at card 0, device 0: add it';
  return [
    ...(primary ? [] : [{ path: [], message }]),
    ...repeated(
      interfaces.map(({ card, device }) => `card ${card}, device ${device}`),
      (place, first) => `a second interface at ${place}, beside entry ${first}: give it a place of its own`,
    ),
    ...repeated(
      interfaces.map(({ card, type }) => (type === 'efa-only' ? `card ${card}` : undefined)),
      (card, first) =>
        `a second "efa-only" interface on ${card}, beside entry ${first}: EC2 takes one on each card`,
    ),
  ];
});

interface Written {
  readonly card: unknown;
  readonly device: unknown;
  readonly type: unknown;
}

const asWritten = (entry: unknown): Written => {
  const { networkCardIndex: card, deviceIndex: device, interfaceType: type } = isRecord(entry) ? entry : {};
  return { card, device, type };
};

/** A problem at each entry whose key an earlier entry has. */
function repeated(
  keys: readonly (string | undefined)[],
  message: (key: string, first: number) => string,
): Problem[] {
  return keys.flatMap((key, index) => {
    const first = keys.indexOf(key);
    return key === undefined || first === index ? [] : [{ path: [index], message: message(key, first) }];
  });
}
