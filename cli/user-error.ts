/** A mistake in what the user gave us: shown without a stack trace, one line per problem; the command ends with 2. */
export class UserError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'UserError';
    this.problems = problems;
  }
}
