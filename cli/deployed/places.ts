/** Where a document may be kept. */
export const PLACES = ['table', 'ssm'] as const;
export type Place = (typeof PLACES)[number];
