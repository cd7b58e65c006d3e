import type { Retry } from '../../model/errors.ts';

interface Rule {
  readonly code: string;
  readonly retry: Retry;
  readonly advice: string;
}

const never = (code: string, advice: string): Rule => ({ code, retry: 'never', advice });

/** SSM's own codes, in the form of the table in `errors.ts`. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
export const SSM_ERROR_CODES: Readonly<Record<string, Rule>> = {
  ParameterNotFound: never('ParameterNotFound', 'there is no such parameter in this account and region'),
  ParameterMaxVersionLimitExceeded: never(
    'ParameterVersionsFull',
    'the oldest of its 100 versions has a label: remove the label, or delete the parameter and put it again',
  ),
  ParameterLimitExceeded: never('ParametersFull', 'the account holds as many parameters as its quota allows'),
  HierarchyLevelLimitExceededException: never(
    'ParameterPathTooDeep',
    'a path has at most 15 levels: use a shorter name',
  ),
  ParameterPatternMismatchException: never(
    'ParameterNameInvalid',
    'change the name: letters, digits and . - _ / only',
  ),
  HierarchyTypeMismatchException: never(
    'ParameterTypeMismatch',
    'a parameter keeps its type: delete it first',
  ),
  UnsupportedParameterType: never('ParameterTypeMismatch', 'documents are parameters of type String'),
  InvalidKeyId: never('KeyUnusable', 'the KMS key of the parameter does not exist or is disabled'),
  // SSM's word for what does not fit its rules, the 8 KB of an advanced parameter among them.
  ValidationException: never(
    'ParameterInvalid',
    'SSM refuses name or value: a value has at most 8 KB, a name starts with "/"',
  ),
  TooManyUpdates: {
    code: 'Contended',
    retry: 'same-request',
    advice: 'others write the parameter at the same time: this goes on later',
  },
};
