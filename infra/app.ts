/** `npx cdk deploy -c cluster=NAME`: one stack per cluster. What else may be said stands in docs/deploy.md. */
import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { stackName } from '../lib/model/stack-name.ts';
import { ContextError, propsOfContext } from './context.ts';
import { Dovetail } from './dovetail.ts';

function synthesize(): void {
  const app = new App();
  const props = propsOfContext(app.node.getAllContext());
  const stack = new Stack(app, stackName(props.cluster), {
    description: `Dovetail: nodes for EKS cluster ${props.cluster}`,
  });
  // CDK lets a function depend on its role by name as well as by reference.
  stack.templateOptions.metadata = { 'cfn-lint': { config: { ignore_checks: ['W3005'] } } };
  const { faces } = new Dovetail(stack, 'Dovetail', props);
  for (const [name, element] of Object.entries(faces)) element.overrideLogicalId(name);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}

try {
  synthesize();
} catch (error) {
  if (!(error instanceof ContextError)) throw error;
  process.stderr.write(`${error.name}: ${error.message}\n`);
  process.exitCode = 2;
}
