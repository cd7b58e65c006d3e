// The few values that generated pods and nodes share.
import * as fc from 'fast-check';

export const ZONE_NAMES = ['a', 'b', 'c'] as const;

/** Numbers as labels spell them: padded, signed, and on both sides of what 64 bits and a double hold. */
export const NUMBERS = [
  '1',
  '2',
  '02',
  '00000000000000000003',
  '+1',
  '-1',
  '9007199254740992',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
] as const;

export const NAMESPACES = [
  { name: 'default', labels: { 'kubernetes.io/metadata.name': 'default' } },
  { name: 'shop', labels: { 'kubernetes.io/metadata.name': 'shop', tier: 'front' } },
];

export const VOLUME_CLAIMS = [
  'zonal',
  'zonal',
  'anywhere',
  'anywhere',
  'waiting',
  'waiting',
  'waiting-too',
  'dangling',
  'immediate',
  'classless',
  'unknown-class',
  'deleted',
  'elsewhere',
  'missing',
] as const;

/** The first in one of six cases. */
export const rarely = <A, B>(rare: fc.Arbitrary<A>, usual: fc.Arbitrary<B>): fc.Arbitrary<A | B> =>
  fc.oneof({ weight: 1, arbitrary: rare }, { weight: 5, arbitrary: usual });
