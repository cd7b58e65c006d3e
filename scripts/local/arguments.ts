// What `npm run local` can be asked.
import { parseArgs } from 'node:util';
import { DovetailError } from '../../lib/model/errors.ts';

export const USAGE = `npm run local -- [--scenario FILE] [--keep] [--as-on-aws] [--logs FILE]

  --scenario FILE  what happens: a scenario of dovetail simulate (default scenarios/local.yaml)
  --keep           stay up after the story, until Ctrl-C
  --as-on-aws      instances and nodes take as long as on AWS, instead of seconds
  --logs FILE      append the functions' logs to FILE
`;

export interface LocalArguments {
  readonly scenario: string;
  readonly keep: boolean;
  readonly asOnAws: boolean;
  readonly logs?: string;
  readonly help: boolean;
}

/** Throws `ArgumentsInvalid`. */
export function argumentsOf(argv: readonly string[]): LocalArguments {
  const { scenario, keep, 'as-on-aws': asOnAws, logs, help } = parsed(argv);
  return { scenario, keep, asOnAws, help, ...(logs === undefined ? {} : { logs }) };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        scenario: { type: 'string', default: 'scenarios/local.yaml' },
        keep: { type: 'boolean', default: false },
        'as-on-aws': { type: 'boolean', default: false },
        logs: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new DovetailError('ArgumentsInvalid', `${error.message}\n\n${USAGE.trimEnd()}`, 'never');
  }
}
