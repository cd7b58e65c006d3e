import type { Retry } from '../../model/errors.ts';

/** EKS's own codes, in the form of the table in `errors.ts`. https://docs.aws.amazon.com/eks/latest/APIReference/CommonErrors.html */
export const EKS_ERROR_CODES: Readonly<
  Record<string, { readonly code: string; readonly retry: Retry; readonly advice: string }>
> = {
  ResourceNotFoundException: {
    code: 'ClusterNotFound',
    retry: 'never',
    advice:
      'there is no such cluster in this account and region, or no such access entry in it: check the name and the region',
  },
};
