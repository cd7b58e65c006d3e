import { DovetailError } from '../../model/errors.ts';
import type { Join } from '../join.ts';

/** The user's own user data cannot be used; `line` counts from 1 within `spec.userData`. */
export function userDataError({ nodeClass }: Join, message: string, line?: number): DovetailError {
  const place = line === undefined ? '' : ` line ${line}`;
  return new DovetailError(
    'UserDataInvalid',
    `EC2NodeClass ${nodeClass}, userData${place}: ${message}`,
    'never',
  );
}
