/** The user data of a node: the family's way to join, together with what the user wrote. */

import { assertNever } from '../../model/assert-never.ts';
import { DovetailError } from '../../model/errors.ts';
import type { TemplateUserData } from '../../model/launch-template.ts';
import { MAX_USER_DATA_BYTES } from '../../model/launch-template.ts';
import type { Join } from '../join.ts';
import { al2UserData } from './al2.ts';
import { al2023UserData } from './al2023.ts';
import { bottlerocketUserData } from './bottlerocket.ts';
import { windowsUserData } from './windows.ts';

/**
 * Undefined where there is none. Errors, all with retry never: `UserDataInvalid` with the line, `UserDataTooLarge` with
 * both sizes, `KubeletFieldUnsupported`.
 */
export function userDataOf(join: Join): TemplateUserData | undefined {
  const text = userDataText(join);
  if (text === '') return undefined;
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_USER_DATA_BYTES) {
    const own = Buffer.byteLength(join.userData);
    throw new DovetailError(
      'UserDataTooLarge',
      `EC2NodeClass ${join.nodeClass}: user data has ${bytes} bytes, more than EC2's ${MAX_USER_DATA_BYTES}: ${own} are your own and ${bytes - own} join the node: shorten yours, or fetch the rest of it at boot`,
      'never',
    );
  }
  return { base64: Buffer.from(text).toString('base64'), bytes };
}

function userDataText(join: Join): string {
  switch (join.family) {
    case 'AL2':
      return al2UserData(join);
    case 'AL2023':
      return al2023UserData(join);
    case 'Bottlerocket':
      return bottlerocketUserData(join);
    case 'Windows2019':
    case 'Windows2022':
    case 'Windows2025':
      return windowsUserData(join);
    case 'Custom':
      return join.userData;
    default:
      return assertNever(join.family);
  }
}
